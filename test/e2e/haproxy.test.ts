import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startPace } from '../../demo/traffic/pace.ts';
import { isAlive } from '../../src/lib/adapters/process-identity.ts';
import { readHaproxyState } from '../../src/lib/routers/haproxy/state-file.ts';
import { until } from '../support/gateway.ts';
import { describeWithHaproxy } from '../support/haproxy.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, versionFlows } from '../support/project.ts';
import { expectError } from '../support/standing.ts';

const flows = (version: string) =>
	versionFlows(version, [
		{ id: 'ws0', type: 'websocket-listener', path: '/echo', wholemsg: 'false' },
		node('ws1', 'websocket in', { server: 'ws0', client: '', wires: [['ws2']] }),
		node('ws2', 'websocket out', { server: 'ws0', client: '' }),
	]);

describeWithHaproxy('production behind HAProxy', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ router: 'haproxy', mode: 'hot-spare', failOn: 'never' });
		await project.promote(flows('v1'));
	});
	afterAll(() => project.remove());

	const haproxyPid = async () => {
		const state = await readHaproxyState(join(project.folder, '.flowferry/environments/production/haproxy.state.json'));
		return state?.pid ?? Number.NaN;
	};

	it('fails no request through a promotion and a rollback', async () => {
		const pid = await haproxyPid();
		const failures: unknown[] = [];
		const versions = new Set<string>();
		let asked = 0;
		const asking = startPace(100, () => {
			asked++;
			askVersion(project).then(
				(version) => versions.add(version),
				(error) => failures.push(error),
			);
			return true;
		});
		await project.promote(flows('v2'));
		const rollback = await project.cli('rollback', '--yes', '--json');
		asking.stop();
		expect(rollback.status).toBe(0);
		expect(await askVersion(project)).toBe('v1');
		expect(failures).toEqual([]);
		expect(asked).toBeGreaterThan(200);
		expect([...versions].toSorted()).toEqual(['v1', 'v2']);

		const { gateway, health, router } = await project.status();
		expect({ router, health }).toEqual({ router: 'haproxy', health: { state: 'serving' } });
		expect(gateway).toMatchObject({ kind: 'haproxy', url: project.url, traffic: { state: 'flowing' }, totals: { failed: 0 } });
		expect(gateway!.totals.held).toBeGreaterThan(0);
		expect(await haproxyPid()).toBe(pid);
		expect((await project.cli('status')).stdout).toContain(`haproxy  ${project.url}  flowing`);
	});

	it('passes WebSockets through to the flows', async () => {
		const socket = new WebSocket(`${project.url.replace('http', 'ws')}/echo`);
		const answer = new Promise<string>((resolve, reject) => {
			socket.on('error', reject);
			socket.on('message', (text) => resolve(String(text)));
		});
		socket.on('open', () => socket.send('hello'));
		expect(await answer).toBe('hello');
		expect((await project.status()).gateway?.webSockets).toMatchObject({ 'blue/0': 1 });
		socket.terminate();
	});

	it('is brought back by up when it was killed, and replaced by no other router on the way', async () => {
		const pid = await haproxyPid();
		process.kill(pid, 'SIGKILL');
		await until(() => !isAlive(pid));
		const broken = await project.cli('status', '--json');
		expect(broken.status).toBe(5);
		expect(broken.json().health).toEqual({ state: 'degraded', reasons: ['HAProxy does not run'] });
		await project.succeed('up');
		expect(await askVersion(project)).toBe('v1');

		await project.configure({ router: 'gateway' });
		expectError(await project.cli('promote', '--yes'), 2, ['production is served by HAProxy', 'flowferry down production']);
		expect(await askVersion(project)).toBe('v1');
		const healed = await haproxyPid();
		await project.succeed('down', '--yes');
		expect(isAlive(healed)).toBe(false);
	});
});
