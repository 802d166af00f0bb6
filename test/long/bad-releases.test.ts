import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { until } from '../support/gateway.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, versionFlows } from '../support/project.ts';

/** Something happens a moment after each start of the flows. */
const atStart = (what: FlowNode): FlowNode[] => [
	node('i1', 'inject', { once: true, onceDelay: 0.05, props: [{ p: 'payload' }], payloadType: 'date', repeat: '', wires: [[what.id]] }),
	what,
];
/** Within Node-RED itself: a shell might take longer than it takes to verify a release. */
const kill = (pid: string): FlowNode =>
	node('k1', 'function', { func: `process.kill(${pid}, 'SIGKILL');`, libs: [{ var: 'process', module: 'process' }], outputs: 0 });
const KILL_NODE_RED = kill('process.pid');
const KILL_RUNNER = kill('process.ppid');

describe('a release that does not stay up', () => {
	let project: Project;
	beforeEach(async () => {
		project = await createProject({ failOn: 'never' });
	});
	afterEach(() => project.remove());

	it('is not taken for verified, also where no check is configured', async () => {
		await project.promote(versionFlows('v1'));
		await project.setFlows(versionFlows('v2', atStart(KILL_NODE_RED)));
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 4, stderr: expect.stringContaining('green/0 does not stay active') });
		expect(await askVersion(project)).toBe('v1');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});

	it('and takes its runner with it: the old release has the seat again as soon as the lease ends', async () => {
		await project.promote(versionFlows('v1'));
		await project.setFlows(versionFlows('v2', atStart(KILL_RUNNER)));
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 4, stderr: expect.stringContaining('Release 1 serves, as before.') });
		expect(await askVersion(project)).toBe('v1');
	});

	it('can be rolled back while it is down', async () => {
		await project.promote(versionFlows('v1'));
		const bomb = join(project.folder, 'bomb');
		const command = `test -e ${bomb} && kill -9 $PPID`;
		const goOff = node('e1', 'exec', { command, addpay: '', append: '', useSpawn: 'false', timer: '', wires: [[], [], []] });
		await project.promote(versionFlows('v2', atStart(goOff)));
		await writeFile(bomb, '');
		process.kill((await project.active()).childPid as number, 'SIGKILL');
		await until(async () => (await project.active()).crashes >= 3);
		const { status, stderr } = await project.cli('rollback', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 0 });
		expect(await askVersion(project)).toBe('v1');
		expect((await project.active()).instance).toBe('blue/0');
	});
});

describe('an event loop that is busy for longer than the lease lasts', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({
			failOn: 'never',
			lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 },
			timeouts: { hungMs: 10_000 },
		});
		await project.promote(
			versionFlows('v1', [
				node('b1', 'http in', { url: '/busy', method: 'get', wires: [['b2']] }),
				node('b2', 'function', {
					func: 'for (const end = Date.now() + 2000; Date.now() < end;);\nreturn msg;',
					outputs: 1,
					wires: [['b3']],
				}),
				node('b3', 'http response', {}),
				node('d1', 'http in', { url: '/direct', method: 'get', wires: [['d2']] }),
				node('d2', 'http response', { statusCode: '200' }),
			]),
		);
	});
	afterAll(() => project.remove());

	it('is no reason to end it: the runner had renewed the lease', async () => {
		const answers = await Promise.all([fetch(`${project.url}/busy`), sleep(300).then(() => fetch(`${project.url}/direct`))]);
		expect(answers.map(({ status }) => status)).toEqual([200, 200]);
		expect((await project.active()).crashes).toBe(0);
	});

	it('but what wakes after its lease has ended hands no message to any node', async () => {
		const { pid, childPid, url } = await project.active();
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const ask = () =>
			new Promise<number | null>((resolve) => {
				get(`${url}/direct`, { agent }, (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0))).once(
					'error',
					() => resolve(null),
				);
			});
		expect(await ask()).toBe(200);
		process.kill(pid, 'SIGSTOP');
		process.kill(childPid as number, 'SIGSTOP');
		try {
			const asked = ask();
			await sleep(1500);
			process.kill(childPid as number, 'SIGCONT');
			expect(await asked).toBeNull();
		} finally {
			process.kill(pid, 'SIGCONT');
			agent.destroy();
		}
		await project.succeed('up');
	});
});

describe('a node that does not close', () => {
	let project: Project;
	afterEach(() => project.remove());

	it('does not go on beside the new release: its process ends', async () => {
		project = await createProject({ failOn: 'never' });
		const folder = join(project.folder, 'stubborn');
		const ticks = join(project.folder, 'ticks');
		await mkdir(folder);
		await writeFile(
			join(folder, 'stubborn.js'),
			`module.exports = (RED) => RED.nodes.registerType('stubborn', function (config) {
				RED.nodes.createNode(this, config);
				setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(ticks)}, process.pid + '\\n'), 20);
				this.on('close', (done) => {});
			});`,
		);
		await writeFile(join(folder, 'stubborn.html'), '<script type="text/javascript">RED.nodes.registerType("stubborn", {});</script>');
		const settings = join(project.folder, 'settings.cjs');
		await writeFile(settings, `module.exports = { nodesDir: ${JSON.stringify(folder)}, nodeCloseTimeout: 500 };`);
		await project.configure({ settings });
		await project.promote(versionFlows('v1', [node('s1', 'stubborn', {})]));
		await until(async () => (await readFile(ticks, 'utf8').catch(() => '')).length > 0);
		const { childPid } = await project.active();
		await project.promote(versionFlows('v2'));
		await writeFile(ticks, '');
		await sleep(300);
		expect({ ticks: await readFile(ticks, 'utf8'), of: childPid }).toEqual({ ticks: '', of: childPid });
		expect(await askVersion(project)).toBe('v2');
	});
});
