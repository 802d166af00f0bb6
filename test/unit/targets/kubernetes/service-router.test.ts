import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { namesOf } from '../../../../src/lib/kubernetes/names.ts';
import type { Pod } from '../../../../src/lib/targets/kubernetes/pods.ts';
import { podOf } from '../../../../src/lib/targets/kubernetes/pods.ts';
import { ServiceRouter, type ServiceRouterParts } from '../../../../src/lib/targets/kubernetes/service-router.ts';

const limits = { maxMs: 5_000, maxRequests: 10 };
/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:1';

describe('the traffic of a Service', () => {
	/** `plant-blue-0 held`. */
	const orders: string[] = [];
	const gateways = createServer(async (request, response) => {
		orders.push(`${request.url?.split('/')[1]} ${((await json(request)) as { state: string }).state}`);
		response.end('{}');
	});
	beforeAll(async () => {
		gateways.listen(0, '127.0.0.1');
		await once(gateways, 'listening');
	});
	afterEach(() => orders.splice(0));
	afterAll(() => gateways.close());

	/**
	 * Of pods that all serve.
	 * @param looks those that there are at each look, the last ones again and again
	 * @param silent how often the gateway of a pod does not answer
	 */
	function router(looks: Partial<Pod>[][], silent: Record<string, number> = {}) {
		const ip = '10.1.0.7';
		return new ServiceRouter({
			cluster: {
				core: {
					readNamespacedService: async () => ({ metadata: {} }),
					readNamespacedEndpoints: async () => ({ subsets: [{ addresses: [{ ip }] }] }),
				},
			},
			names: namesOf('plant'),
			pods: {
				list: async () =>
					(looks.length > 1 ? looks.shift() : looks[0])?.map((pod, index) => {
						const made = podOf({ metadata: { name: `plant-blue-${index}`, labels: { 'flowferry.org/slot': 'blue' } } });
						return { ...made, ip, serves: true, ...pod };
					}),
				serve: async () => {},
			},
			tunnels: {
				to: async (pod: string) => {
					silent[pod] = (silent[pod] ?? 0) - 1;
					return silent[pod] >= 0 ? nowhere : `http://127.0.0.1:${(gateways.address() as AddressInfo).port}/${pod}`;
				},
			},
			token: async () => 'token',
		} as unknown as ServiceRouterParts);
	}

	it('is held by pods that are ending, too, since it comes to them still', async () => {
		await router([[{}, { isEnding: true }]]).hold(limits);
		expect(orders.toSorted()).toEqual(['plant-blue-0 held', 'plant-blue-1 held']);
	});

	it.each<[string, Partial<Pod>]>([
		['is ending', { isEnding: true }],
		['has ended', { isEnding: true, hasEnded: true }],
		['is on a lost node', { lostNode: 'node2' }],
	])('is held without a pod that %s and does not answer', async (_, pod) => {
		await router([[{}, pod]], { 'plant-blue-1': 1 }).hold(limits);
		expect(orders).toEqual(['plant-blue-0 held']);
	});

	it('is held once a gateway that was killed answers again, or its pod is gone', async () => {
		await router([[{}, {}]], { 'plant-blue-1': 2 }).hold(limits);
		expect(orders).toContain('plant-blue-1 held');
		await router([[{}, {}], [{}]], { 'plant-blue-1': Infinity }).hold(limits);
	});

	it('is not held while one that lives does not hold it, and then no order is obeyed late', async () => {
		await expect(router([[{}, {}]], { 'plant-blue-1': Infinity }).hold({ ...limits, maxMs: 0 })).rejects.toThrow('no answer');
		expect(orders).toEqual(['plant-blue-0 held']);
	});

	it('goes to a pod whose gateway was killed once that answers again, and what waits in one that is ending goes there', async () => {
		await router([[{}, { isEnding: true }]], { 'plant-blue-0': 2 }).route([{ instance: 'blue/0', url: 'http://10.1.0.7:1880' }]);
		expect(orders).toEqual(['plant-blue-0 flowing', 'plant-blue-1 flowing']);
	});
});
