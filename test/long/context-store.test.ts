import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AgentCall, ReplyMessage } from '../../src/agent/protocol.ts';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, versionFlows } from '../support/project.ts';
import { createSharedEnvironment, type SharedEnvironment } from '../support/shared-context.ts';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** `GET /count` counts in each scope at once, answers when that was acknowledged, and says what the node's On Start code found. */
const count: FlowNode[] = [
	node('count-in', 'http in', { url: '/count', method: 'get', wires: [['count-fn']] }),
	node('count-fn', 'function', {
		initialize: "context.set('atStart', global.get('total') ?? 0); global.set('setting', env.get('FLOWFERRY_CONTEXT') ?? 'not told');",
		func: `const next = (scope) => { const n = (scope.get('total') ?? 0) + 1; scope.set('total', n); return n; };
msg.payload = { global: next(global), flow: next(flow), node: next(context), atStart: context.get('atStart'), setting: global.get('setting') };
return msg;`,
		outputs: 1,
		wires: [['count-out']],
	}),
	node('count-out', 'http response', {}),
];
const flows = (version: string) => versionFlows(version, count);

async function askCount(project: Project): Promise<unknown> {
	const response = await fetch(`${project.url}/count`, { signal: AbortSignal.timeout(10_000) });
	return await response.json();
}

/** What a scope's counters are when each of them was counted so often. */
const counted = (n: number, atStart: number) => ({ global: n, flow: n, node: n, atStart, setting: 'not told' });

async function untilActive(project: Project, isIt: (instance: InstanceStatus) => boolean): Promise<InstanceStatus> {
	for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(200)) {
		const { slots } = await project.status();
		const found = slots.flatMap(({ instances }) => instances).find(({ status }) => status?.state === 'active' && isIt(status));
		if (found?.status) return found.status;
	}
	throw new Error('no such instance became active');
}

describe('context that all instances share', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ instances: 2, failOn: 'never', timeouts: { startMs: 20_000 } });
		await project.promote(flows('v1'));
	});
	afterAll(() => project.remove());

	it('survives the death of Node-RED: nothing that was acknowledged is lost', async () => {
		for (let n = 1; n <= 3; n++) expect(await askCount(project)).toEqual(counted(n, 0));
		const { childPid } = await project.active();
		process.kill(childPid as number, 'SIGKILL');
		await untilActive(project, (instance) => instance.childPid !== childPid);
		expect(await askCount(project)).toEqual(counted(4, 3));
	});

	it('survives the death of an instance: the spare goes on with it', async () => {
		const { pid, instance } = await project.active();
		process.kill(pid, 'SIGKILL');
		await project.cli('up');
		await untilActive(project, (other) => other.pid !== pid);
		expect(await askCount(project)).toEqual(counted(5, 4));
		expect(instance).toMatch(/^blue/);
	});

	it('is there for the next release without being carried, and a rollback sees what that one wrote', async () => {
		await project.setFlows(flows('v2'));
		const { effects } = (await project.cli('plan', 'production', '--json')).json();
		const told = effects.map(({ what }: { what: string }) => what).filter((what: string) => what.includes('context'));
		// No finding says that a takeover would lose it.
		expect(told).toEqual([expect.stringContaining('context in the shared store stays where it is')]);
		const { context } = await project.promote(flows('v2'));
		expect(context).toMatchObject({ carried: 0, left: [], stores: [] });
		// Its flows have waited behind a gate: what they found at their start was the truth then.
		expect(await askCount(project)).toEqual(counted(6, 5));
		await project.succeed('rollback', '--yes');
		expect([await askVersion(project), await askCount(project)]).toEqual(['v1', counted(7, 6)]);
	});

	it('is not written by an instance after which another one has taken over: it ends itself', async () => {
		const { childPid, log } = await project.active();
		const database = new DatabaseSync(join(project.folder, '.flowferry/environments/production/context.db'), { timeout: 2000 });
		// Somebody with a higher fencing token has written, of which this instance knows nothing.
		database.exec('UPDATE fence SET token = token + 1000');
		await expect(
			fetch(`${project.url}/count`, { signal: AbortSignal.timeout(1000) }).then((response) => response.json()),
		).rejects.toThrow();
		for (const until = performance.now() + 5000; existsSync(`/proc/${childPid}/exe`) && performance.now() < until; ) await sleep(20);
		expect(existsSync(`/proc/${childPid}/exe`)).toBe(false);
		expect(await readFile(log, 'utf8')).toMatch(
			/context global\.total was not written: another instance has taken over: .*; this process ends/,
		);
		database.exec('UPDATE fence SET token = token - 1000');
		database.close();
		await untilActive(project, (instance) => instance.childPid !== childPid);
		expect(await askCount(project)).toEqual(counted(8, 7));
	});
});

const children: ChildProcess[] = [];

/** Node-RED with the agent in it, as a runner starts it; its flows stand stopped. */
async function startStandby(program: string, { folder, file }: SharedEnvironment) {
	const userDir = join(folder, program);
	await mkdir(userDir, { recursive: true });
	await writeFile(join(userDir, 'flows.json'), JSON.stringify(flows('v1')));
	await writeFile(join(userDir, '.config.runtime.json'), JSON.stringify({ runtimeFlowState: 'stop' }));
	const context = { file, durability: 'power', stateFile: join(folder, 'state.db'), seat: 'active' };
	const child = fork(
		inProject(`node_modules/${program}/red.js`),
		['--userDir', userDir, '--settings', inProject('templates/settings.cjs')],
		{
			cwd: userDir,
			env: {
				PATH: process.env.PATH,
				FLOWFERRY_AGENT_DIR: inProject('dist/agent'),
				FLOWFERRY_CREDENTIAL_SECRET: 'test',
				FLOWFERRY_PORT: '0',
				FLOWFERRY_CONTEXT: JSON.stringify(context),
			},
			execArgv: [],
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		},
	);
	children.push(child);
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
	const exited = once(child, 'exit').then(([code]) => code as number | null);
	const message = <M>(isIt: (message: M) => boolean) =>
		new Promise<M>((resolve) => child.on('message', (each) => isIt(each as M) && resolve(each as M)));
	const port = message<{ event?: string; port: number }>(({ event }) => event === 'ready').then((ready) => ready.port);
	const call = (name: AgentCall) => {
		child.send({ id: 1, call: name, params: {} });
		return message<ReplyMessage>((each) => 'reply' in each);
	};
	return { child, exited, port, call, output: () => output };
}

describe.each(['node-red', 'node-red-4'])('one instance of %s', (program) => {
	let environment: SharedEnvironment;
	beforeAll(async () => {
		environment = await createSharedEnvironment();
	});
	afterAll(async () => {
		for (const child of children.splice(0)) child.kill('SIGKILL');
		await environment.remove();
	});

	it('goes on where the one before it was killed, once it is active', async () => {
		for (const [token, expected] of [
			[1, [counted(1, 0), counted(2, 0)]],
			[2, [counted(3, 2)]],
		] as const) {
			const { child, exited, port, call } = await startStandby(program, environment);
			const url = `http://127.0.0.1:${await port}/count`;
			child.send({ leaseUntilMs: systemClock().nowMs() + 60_000, token });
			expect(await call('start')).toMatchObject({ ok: true });
			for (const counts of expected) expect(await (await fetch(url)).json()).toEqual(counts);
			child.kill('SIGKILL');
			await exited;
		}
	});

	it('does not start with a damaged file, and says what to do', async () => {
		await writeFile(environment.file, 'x'.repeat(8192));
		const { exited, output } = await startStandby(program, environment);
		expect(await exited).toBe(1);
		expect(output()).toContain(`${environment.file}: file is not a database; the file is damaged: end the environment (flowferry down)`);
	});
});
