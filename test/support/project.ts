import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import { type CliResult, runCli } from './cli.ts';
import { freePort } from './gateway.ts';

/** A user's project in a temporary folder: a configuration, a dev user directory, and one environment on real processes. */
export interface Project {
	folder: string;
	/** Where production serves. */
	url: string;
	/** Replaces the dev flows. */
	setFlows(flows: FlowNode[]): Promise<void>;
	/** Replaces the environment's keys in the configuration. */
	configure(environment: Record<string, unknown>): Promise<void>;
	/** Runs `flowferry <args>` in the folder. */
	cli(...args: string[]): Promise<CliResult>;
	/** The same with more in its environment. */
	cliWith(env: Record<string, string>, ...args: string[]): Promise<CliResult>;
	/** Runs it, and fails the test with what it said where it does not exit 0. */
	succeed(...args: string[]): Promise<CliResult>;
	/** `flowferry promote --yes --json`, with more flags; fails the test where it does not exit 0. */
	promote(flows: FlowNode[], ...flags: string[]): Promise<ReturnType<typeof JSON.parse>>;
	status(): Promise<EnvironmentStatus>;
	/** The instance that is active; fails the test where there is not exactly one. */
	active(): Promise<InstanceStatus>;
	/** Ends everything by its own process id, and fails where a process outlives that. */
	remove(): Promise<void>;
}

export const nodeRedFolder = fileURLToPath(new URL('../../node_modules/node-red', import.meta.url));

export async function createProject(environment: Record<string, unknown> = {}): Promise<Project> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-project-'));
	const port = await freePort();
	const seen = new Set<number>();
	await mkdir(join(folder, 'dev'));

	async function configure(keys: Record<string, unknown>): Promise<void> {
		const asked: Record<string, unknown> = { mode: 'hot-spare', port, nodeRed: nodeRedFolder, ...environment, ...keys };
		// A spare that no test asks for would only take time.
		const instances = asked.mode === 'hot-spare' ? { instances: 1 } : {};
		// On a busy machine a process may get no time for seconds: only a test of hangs is to take that for one.
		const timeouts = { hungMs: 5000, ...(asked.timeouts as object | undefined) };
		const production = { ...instances, ...asked, timeouts };
		// JSON is YAML.
		await writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	}
	const cliWith = (env: Record<string, string>, ...args: string[]) => runCli(args, { cwd: folder, env: { HOME: folder, ...env } });
	const cli = (...args: string[]) => cliWith({}, ...args);
	const succeed = async (...args: string[]) => {
		const result = await cli(...args);
		if (result.status !== 0) throw new Error(`${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`);
		return result;
	};
	const setFlows = (flows: FlowNode[]) => writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(flows));

	async function status(): Promise<EnvironmentStatus> {
		const result = await cli('status', '--json');
		const found = result.json() as EnvironmentStatus;
		for (const { status: instance } of found.slots.flatMap(({ instances }) => instances)) {
			for (const pid of [instance?.pid, instance?.childPid]) if (pid) seen.add(pid);
		}
		return found;
	}

	await configure({});
	return {
		folder,
		url: `http://127.0.0.1:${port}`,
		setFlows,
		configure,
		cli,
		cliWith,
		succeed,
		promote: async (flows, ...flags) => {
			await setFlows(flows);
			const result = await succeed('promote', '--yes', '--json', ...flags);
			await status();
			return result.json();
		},
		status,
		active: async () => {
			const { slots } = await status();
			const active = slots.flatMap(({ instances }) => instances).flatMap((instance) => (instance.status?.lease ? [instance.status] : []));
			if (active.length !== 1) throw new Error(`${active.length} instances hold a lease`);
			return active[0] as InstanceStatus;
		},
		remove: async () => {
			await status();
			const { status: exit, stderr } = await cli('down', '--yes', '--json');
			const left = [...seen].filter((pid) => existsSync(`/proc/${pid}/exe`));
			for (const pid of left) process.kill(pid, 'SIGKILL');
			const logs = await readLogs(folder);
			await rm(folder, { recursive: true });
			if (exit !== 0 || left.length > 0)
				throw new Error(`down ended with ${exit} and left processes ${left.join(', ')}: ${stderr}\n${logs}`);
		},
	};
}

/** What the runners say that answer. */
export function instancesOf({ slots }: EnvironmentStatus): InstanceStatus[] {
	return slots.flatMap(({ instances }) => instances).flatMap(({ status }) => (status ? [status] : []));
}

async function readLogs(folder: string): Promise<string> {
	const logs = join(folder, '.flowferry', 'environments', 'production', 'logs');
	return (await readdir(logs).catch(() => [])).join(', ');
}

/** A node on the flow of `versionFlows`. */
export const node = (id: string, type: string, properties: object): FlowNode => ({
	id,
	type,
	z: 'tab1',
	name: '',
	x: 100,
	y: 200,
	wires: [],
	...properties,
});

/** `GET /version` answers the version; every part is ordinary. */
export function versionFlows(version: string, more: FlowNode[] = []): FlowNode[] {
	return [
		{ id: 'tab1', type: 'tab', label: 'Version' },
		{ id: 'in1', type: 'http in', z: 'tab1', name: '', url: '/version', method: 'get', x: 100, y: 100, wires: [['fn1']] },
		{
			id: 'fn1',
			type: 'function',
			z: 'tab1',
			name: 'answer',
			func: `msg.payload = ${JSON.stringify(version)};\nreturn msg;`,
			outputs: 1,
			x: 300,
			y: 100,
			wires: [['out1']],
		},
		{ id: 'out1', type: 'http response', z: 'tab1', name: '', x: 500, y: 100, wires: [] },
		...more,
	];
}

/** What production answers to `GET /version`. */
export async function askVersion(project: Project, timeoutMs = 10_000): Promise<string> {
	const response = await fetch(`${project.url}/version`, { signal: AbortSignal.timeout(timeoutMs) });
	if (!response.ok) throw new Error(`status ${response.status}`);
	return await response.text();
}
