import { OwnPodRouter } from '../../src/lib/kubernetes/own-pod-router.ts';
import { type SeenPod, seenPod } from '../../src/lib/kubernetes/pods-in-view.ts';
import { readGatewayState } from '../../src/lib/routers/gateway/state-file.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { startTestGateway, type TestGateway, until } from '../support/gateway.ts';

const podOf = (instance: string, serves: boolean, address: string | null = `10.1.0.${instance.charCodeAt(0)}`): SeenPod => ({
	...{ instance, name: `plant-${instance.replace('/', '-')}`, address, serves, isEnding: false },
});
const at = (instance: string) => ({ instance, url: `http://10.1.0.${instance.charCodeAt(0)}:1880` });

/** A real gateway, and labels that take effect at once. */
describe("the router of a pod's own", () => {
	let gateway: TestGateway;
	let own: Backend;
	let other: Backend;
	let pods: SeenPod[];
	let patches: [string, boolean][];
	let router: OwnPodRouter;

	beforeAll(async () => {
		[gateway, own, other] = await Promise.all([startTestGateway(), startBackend('blue/0'), startBackend('green/0')]);
	});
	afterAll(async () => {
		await gateway.remove();
		await Promise.all([own.kill(), other.kill()]);
	});
	beforeEach(async () => {
		pods = [podOf('blue/0', false), podOf('green/0', false)];
		patches = [];
		await gateway.router.route([]);
		router = new OwnPodRouter({
			instance: 'blue/0',
			pods: { all: () => pods },
			serve: async (name, serves) => {
				patches.push([name, serves]);
				pods = pods.map((pod) => (pod.name === name ? { ...pod, serves } : pod));
			},
			gateway: { controlUrl: (await readGatewayState(gateway.files.stateFile))!.controlUrl, tokenFile: gateway.files.tokenFile },
			nodeRedUrl: own.upstream.url,
		});
	});

	const answer = async () => {
		const response = await fetch(gateway.url);
		return [await response.text(), response.headers.get('connection')];
	};
	const traffic = async () => (await router.status())?.traffic;

	it('brings the traffic to its pod: its gateway first, then its label; then the others lose theirs', async () => {
		pods = [podOf('blue/0', false), podOf('green/0', true), podOf('green/1', false)];
		expect(await traffic()).toEqual({ state: 'flowing', upstreams: [at('green/0')] });
		await router.route([at('blue/0')]);
		expect(patches).toEqual([
			['plant-blue-0', true],
			['plant-green-0', false],
		]);
		expect(await answer()).toEqual([expect.stringContaining('blue/0'), 'keep-alive']);
		expect(await traffic()).toEqual({ state: 'flowing', upstreams: [at('blue/0')] });
		await router.route([at('blue/0')]);
		expect(patches).toHaveLength(2);
	});

	it('leaves the label of one that serves beside it', async () => {
		pods = [podOf('blue/0', false), podOf('blue/1', true, '10.1.0.9'), podOf('blue/2', true, '10.1.0.10')];
		await router.route([at('blue/0'), { instance: 'blue/1', url: 'http://10.1.0.9:1880' }]);
		expect(patches).toEqual([
			['plant-blue-0', true],
			['plant-blue-2', false],
		]);
		expect((await answer())[0]).toContain('blue/0');
	});

	it('passes on to another pod, and takes its label off', async () => {
		await router.route([at('blue/0')]);
		patches = [];
		await router.route([other.upstream]);
		// The Service would lead nowhere.
		expect(patches).toEqual([]);
		pods = pods.map((pod) => (pod.instance === 'green/0' ? { ...pod, serves: true } : pod));
		await router.route([other.upstream]);
		expect(patches).toEqual([['plant-blue-0', false]]);
		expect(await answer()).toEqual([expect.stringContaining('green/0'), 'close']);
		expect(await traffic()).toEqual({ state: 'flowing', upstreams: [at('green/0')] });
	});

	it('is not among those that serve while its gateway sends elsewhere, or holds', async () => {
		pods = [podOf('blue/0', true), podOf('green/0', true), { ...podOf('green/1', true), isEnding: true }, podOf('green/2', true, null)];
		await router.hold({ maxMs: 5000, maxRequests: 10 });
		expect(await traffic()).toEqual({ state: 'flowing', upstreams: [at('green/0')] });
		await router.receive(true);
		expect(await traffic()).toEqual({ state: 'flowing', upstreams: [at('blue/0'), at('green/0')] });
	});

	it('receives again what was sent elsewhere, and what is held only where that is its own', async () => {
		await router.route([other.upstream]);
		await router.receive(false);
		expect((await answer())[0]).toContain('blue/0');
		await router.hold({ maxMs: 5000, maxRequests: 10 });
		const waiting = answer();
		await until(async () => (await router.status())?.waiting === 1);
		await router.receive(false);
		expect((await router.status())?.waiting).toBe(1);
		await router.receive(true);
		expect((await waiting)[0]).toContain('blue/0');
		expect(patches).toEqual([]);
	});

	it('closes, and says where no gateway is', async () => {
		await router.route([at('blue/0')]);
		await router.route([]);
		expect((await fetch(gateway.url)).status).toBe(503);
		expect(patches).toEqual([['plant-blue-0', true]]);
		const away = new OwnPodRouter({
			...{ instance: 'blue/0', pods: { all: () => [] }, serve: async () => {}, nodeRedUrl: own.upstream.url },
			gateway: { controlUrl: 'http://127.0.0.1:1', tokenFile: gateway.files.tokenFile },
		});
		expect(await away.status()).toBeNull();
		await expect(away.route([at('blue/0')])).rejects.toMatchObject({ code: 'GATEWAY_DOWN' });
		await away.receive(true);
	});
});

describe('a pod as a watch tells of it', () => {
	const labels = { 'flowferry.org/slot': 'blue', 'flowferry.org/serving': 'true' };

	it('is an instance, by its label and the number in its name', () => {
		expect(seenPod({ metadata: { name: 'plant-blue-1', labels }, status: { podIP: '10.1.0.7' } })).toEqual({
			...{ instance: 'blue/1', name: 'plant-blue-1', address: '10.1.0.7', serves: true, isEnding: false },
		});
		const ending = { name: 'plant-blue-1', labels: { 'flowferry.org/slot': 'blue' }, deletionTimestamp: '2026-01-01T00:00:00Z' };
		expect(seenPod({ metadata: ending })).toMatchObject({ address: null, serves: false, isEnding: true });
	});

	it.each([{}, { metadata: { name: 'plant-blue-1' } }, { metadata: { name: 'debug', labels } }])('is none of ours: %j', (pod) => {
		expect(seenPod(pod)).toBeNull();
	});
});
