import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import { answering, visit } from '../support/editor.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, instancesOf, node, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct-horse-battery-staple';
const editor = { access: 'edit', users: { ann: PASSWORD } };
const nodeRed4 = fileURLToPath(new URL('../../node_modules/node-red-4', import.meta.url));

const answers = async (project: Project, version: string) =>
	until(async () => (await askVersion(project).catch(() => '')) === version, `it answers '${version}'`);

const driftIn = (status: EnvironmentStatus): Record<string, boolean | null> =>
	Object.fromEntries(instancesOf(status).map(({ instance, drifted }) => [instance, drifted]));
const drift = async (project: Project) => driftIn(await project.status());

describe('an edit in production, and promotions', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ instances: 2, editor, checks: [{ http: '/version', contains: 'v' }] });
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	it('stays where a promotion fails: production goes on as it was edited, in the very process', async () => {
		const before = await project.active();
		await (await visit(before, 'ann', PASSWORD)).deploy(answering('emergency v'));
		await answers(project, 'emergency v');
		await project.setFlows(versionFlows('broken'));
		expect((await project.cli('promote', '--yes')).status).toBe(4);
		expect(await askVersion(project)).toBe('emergency v');
		const { instance, childPid, drifted } = await project.active();
		expect({ instance, childPid, drifted }).toEqual({ instance: before.instance, childPid: before.childPid, drifted: true });
	});

	it('ends with one that comes through: a rollback at once goes to what was promoted', async () => {
		await project.promote(versionFlows('v2'));
		await project.succeed('rollback', '--yes');
		expect(await askVersion(project)).toBe('v1');
		expect(await drift(project)).toMatchObject({ 'blue/0': false, 'blue/1': false });
	});

	it('ends with a switchover, and the one that was edited may be switched back to', async () => {
		const before = await project.active();
		await (await visit(before, 'ann', PASSWORD)).deploy(answering('emergency v'));
		await answers(project, 'emergency v');
		await project.succeed('switchover', '--yes');
		expect(await askVersion(project)).toBe('v1');
		// It starts anew, with the flows that were reviewed.
		await until(async () => {
			const status = await project.status();
			return status.health.state === 'serving' && driftIn(status)[before.instance] === false;
		}, 'the edited one stands by');
		await project.succeed('switchover', '--yes');
		expect([await askVersion(project), (await project.active()).instance]).toEqual(['v1', before.instance]);
	});

	/** On its stop, and so at each deploy that changes it, this node takes its time. */
	const slow = (flows: FlowNode[]): FlowNode[] => [
		...flows.filter(({ id }) => id !== 'slow'),
		node('slow', 'function', {
			func: 'return msg;',
			outputs: 1,
			finalize: 'await new Promise((resolve) => setTimeout(resolve, 3000));',
			name: String(Math.random()),
		}),
	];

	it('that is under way when its instance is to stand by is over first: never do both run', async () => {
		const before = await project.active();
		const ann = await visit(before, 'ann', PASSWORD);
		await ann.deploy((flows) => slow(answering('slow v')(flows)));
		await answers(project, 'slow v');
		const deploying = ann.deploy((flows) => slow(answering('too late v')(flows)));
		await sleep(200);
		const switching = project.cli('switchover', '--yes');
		let most = 0;
		let isOver = false;
		const watching = (async () => {
			while (!isOver) {
				const running = instancesOf(await project.status()).filter(({ state, agent }) => state === 'active' && agent?.flows === 'started');
				most = Math.max(most, running.length);
			}
		})();
		const [deployed, switched] = await Promise.all([deploying.catch(() => 0), switching]);
		isOver = true;
		await watching;
		expect(switched).toMatchObject({ status: expect.any(Number) });
		expect([200, 0]).toContain(deployed);
		expect(most).toBeLessThanOrEqual(1);
		await until(async () => {
			const status = await project.status();
			const [holders, others] = [true, false].map((holds) => instancesOf(status).filter(({ lease }) => (lease !== null) === holds));
			const standBy = others!.every(({ state, agent }) => state === 'standby' && agent?.flows === 'stopped');
			return status.health.state === 'serving' && holders!.length === 1 && standBy;
		}, 'one serves, and the others stand by with their flows stopped');
	});
});

describe('an edit where all instances are active', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ mode: 'load-balanced', instances: 2, editor, failOn: 'never' });
	});
	afterAll(() => project.remove());

	it('changes one of them, and timers go on firing on the primary alone', async () => {
		const ticks = join(project.folder, 'ticks');
		await writeFile(ticks, '');
		const tick = [
			node('tick', 'inject', { props: [], repeat: '0.2', crontab: '', once: false, wires: [['say']] }),
			node('say', 'function', { func: "return { payload: env.get('FLOWFERRY_INSTANCE') };", outputs: 1, wires: [['file']] }),
			node('file', 'file', { filename: ticks, filenameType: 'str', appendNewline: true, overwriteFile: 'false', wires: [[]] }),
		];
		await project.promote(versionFlows('v1', tick));
		const all = instancesOf(await project.status()).filter(({ state }) => state === 'active');
		const other = all.find(({ primary }) => !primary) as InstanceStatus;
		const primary = all.find(({ primary: is }) => is) as InstanceStatus;
		for (const type of ['full', 'nodes'] as const)
			expect(await (await visit(other, 'ann', PASSWORD)).deploy(answering(`by hand, ${type}`), type)).toBe(200);
		await writeFile(ticks, '');
		await sleep(2000);
		expect(new Set((await readFile(ticks, 'utf8')).trim().split('\n'))).toEqual(new Set([primary.instance]));
		expect(await drift(project)).toEqual({ [other.instance]: true, [primary.instance]: false });
		const { stdout, stderr } = await project.cli('diff', 'production');
		expect([stdout, stderr]).toEqual([
			expect.stringContaining('by hand, nodes'),
			expect.stringContaining(`${primary.instance} runs other flows than ${other.instance}`),
		]);
		expect((await project.cli('editor')).stdout).toContain('Each has its own flows');
	});
});

describe('the editor of Node-RED 4', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ nodeRed: nodeRed4, editor, credentials: { r1: { user: 'u', password: 'p' } } });
		const installed = join(project.folder, 'dev', 'node_modules', 'node-red');
		await mkdir(installed, { recursive: true });
		const { version } = JSON.parse(await readFile(join(nodeRed4, 'package.json'), 'utf8'));
		await writeFile(join(installed, 'package.json'), JSON.stringify({ name: 'node-red', version }));
		await project.promote(
			versionFlows('v1', [node('r1', 'http request', { method: 'GET', url: 'http://127.0.0.1:1', authType: 'basic', wires: [[]] })]),
		);
	});
	afterAll(() => project.remove());

	it('is guarded as that of Node-RED 5, and what is deployed there, flows and credentials, shows as drift', async () => {
		const active = await project.active();
		expect(active.nodeRed).toMatch(/^4\./);
		for (const base of [project.url, active.url]) expect((await fetch(`${base}/flowferry-editor/flows`)).status).toBe(404);
		const ann = await visit(active, 'ann', PASSWORD);
		expect((await ann.call('POST', '/flows/state', { state: 'stop' })).status).toBe(403);
		expect((await ann.call('POST', '/nodes', { module: 'left-pad' })).status).toBe(404);
		const changed = (flows: FlowNode[]) =>
			flows.map((one) => (one.id === 'r1' ? { ...one, credentials: { user: 'plant', password: 'never-shown' } } : one));
		expect(await ann.deploy(changed, 'nodes')).toBe(200);
		await until(async () => (await project.active()).drifted === true, 'it is told');
		const diff = await project.cli('diff', 'production');
		expect(diff.stderr).toContain('credentials of http request (r1: password, user) were changed in place on blue/0');
		expect(diff.stdout + diff.stderr + (await project.cli('status', '--json')).stdout).not.toContain('never-shown');
		expect((await project.cli('plan')).stdout).toContain('(r1: password, user)');
	});
});
