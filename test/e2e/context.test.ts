import { readdir, readFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Project } from '../support/project.ts';
import { createProject, node, versionFlows } from '../support/project.ts';

/** Stands for what no file and no report may hold; the flows put it together. */
const SECRET = 'context-value-8c1f';
const secret = "['context', 'value', '8c1f'].join('-')";

/** `GET /path` runs the code and answers `msg.payload`. */
function route(path: string, func: string, z = 'tab1'): FlowNode[] {
	return [
		node(`${path}-in`, 'http in', { url: `/${path}`, method: 'get', wires: [[`${path}-fn`]], z }),
		node(`${path}-fn`, 'function', { name: path, func, outputs: 1, wires: [[`${path}-out`]], z }),
		node(`${path}-out`, 'http response', { z }),
	];
}

/** Counts in each scope at once, inside a subflow, too. */
const count = route(
	'count',
	`const next = (scope, key) => { const n = (scope.get(key) ?? 0) + 1; scope.set(key, n); return n; };
msg.payload = { global: next(global, 'total'), flow: next(flow, 'total'), node: next(context, 'total') };
return msg;`,
);
const inSubflow: FlowNode[] = [
	{
		id: 'sub1',
		type: 'subflow',
		name: 'Counter',
		in: [{ x: 10, y: 10, wires: [{ id: 'sub-fn' }] }],
		out: [{ x: 90, y: 10, wires: [{ id: 'sub-fn', port: 0 }] }],
	},
	node('sub-fn', 'function', {
		z: 'sub1',
		func: "const n = (context.get('n') ?? 0) + 1; context.set('n', n); flow.set('n', n); msg.payload = { node: n, flow: flow.get('n') }; return msg;",
		outputs: 1,
		wires: [[]],
	}),
	node('sub-in', 'http in', { url: '/sub', method: 'get', wires: [['sub-instance']] }),
	node('sub-instance', 'subflow:sub1', { wires: [['sub-out']] }),
	node('sub-out', 'http response', {}),
];
const kinds = [
	...route(
		'fill',
		`global.set('kinds', { map: new Map([['a', 1n]]), set: new Set([1]), date: new Date(5), buffer: Buffer.from('hi'), none: undefined });
const ring = { name: ${secret} };
ring.self = ring;
flow.set('ring', ring);
global.set('cached', 'not wanted');
global.set('handler', () => ${secret});
class Pool {}
context.set('pool', new Pool());
global.set('gone', 'deleted by the next release');
msg.payload = 'filled';
return msg;`,
	),
	...route(
		'read',
		`const { map, set, date, buffer } = global.get('kinds') ?? {};
const ring = flow.get('ring');
msg.payload = {
	map: map?.get('a') === 1n, set: set?.has(1) === true, date: date?.getTime?.() === 5, buffer: buffer?.toString?.() === 'hi',
	ring: ring !== undefined && ring.self === ring && ring.name === ${secret}, cached: global.get('cached') ?? null, gone: global.get('gone') ?? null,
};
return msg;`,
	),
	...route('delete', "global.set('gone', undefined); msg.payload = 'deleted'; return msg;"),
];
/** Whether a node finds its context already in its On Start code. */
const onStart = [
	node('start-fn', 'function', {
		name: 'start',
		initialize: "global.set('foundAtStart', context.get('total') ?? 0);",
		func: "context.set('total', 7); return msg;",
		outputs: 1,
		wires: [['start-out']],
	}),
	node('start-in', 'http in', { url: '/start', method: 'get', wires: [['start-fn']] }),
	node('start-out', 'http response', {}),
	...route('found', "msg.payload = { found: global.get('foundAtStart') }; return msg;"),
];

/** Answers after two seconds. */
const slow = [
	node('slow-in', 'http in', { url: '/slow', method: 'get', wires: [['slow-delay']] }),
	node('slow-delay', 'delay', {
		pauseType: 'delay',
		timeout: '2',
		timeoutUnits: 'seconds',
		rate: '1',
		outputs: 1,
		wires: [['slow-out']],
	}),
	node('slow-out', 'http response', {}),
];

const flows = (version: string, more: FlowNode[] = []) =>
	versionFlows(version, [...count, ...inSubflow, ...kinds, ...onStart, ...slow, ...more]);

async function ask(project: Project, path: string): Promise<unknown> {
	const response = await fetch(`${project.url}/${path}`, { signal: AbortSignal.timeout(10_000) });
	const text = await response.text();
	return text.startsWith('{') ? JSON.parse(text) : text;
}

const everything = { map: true, set: true, date: true, buffer: true, ring: true };

describe('context that Node-RED keeps in memory', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ failOn: 'never', context: { except: ['global.cache*'] }, timeouts: { verifyMs: 600 } });
		await project.promote(flows('v1'));
		await ask(project, 'count');
		await ask(project, 'sub');
		await ask(project, 'fill');
		await ask(project, 'start');
	});
	afterAll(() => project.remove());

	it('goes with the work: global, flow and node, inside subflows, of every kind; what cannot go is named', async () => {
		await project.setFlows(flows('v2'));
		const plan = (await project.cli('plan', 'production', '--json')).json();
		expect(plan.effects.map(({ kind }: { kind: string }) => kind)).toContain('carried');
		const { context, warnings } = await project.promote(flows('v2'));

		expect(await ask(project, 'count')).toEqual({ global: 2, flow: 2, node: 2 });
		expect(await ask(project, 'sub')).toEqual({ node: 2, flow: 2 });
		expect(await ask(project, 'read')).toEqual({ ...everything, cached: null, gone: 'deleted by the next release' });
		expect(await ask(project, 'found')).toEqual({ found: 7 });
		expect(context).toMatchObject({ carried: 9, excepted: 1, stores: [] });
		expect(context.bytes).toBeGreaterThan(100);
		expect(context.left).toEqual([
			{ scope: 'global', key: 'handler', why: 'a function' },
			{ scope: 'node.fill', key: 'pool', why: 'an instance of Pool' },
			// They wait behind a gate while the old flows drain, and their On Start code has run.
			{ scope: 'global', key: 'foundAtStart', why: 'the new flows have set it' },
		]);
		expect(warnings).toContain('context global.handler was not carried over: a function');
	});

	it('goes back with a rollback, what was deleted meanwhile included', async () => {
		await ask(project, 'delete');
		const { status, stdout } = await project.cli('rollback', '--yes');
		expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('context in memory: 9 keys carried over') });
		expect(await ask(project, 'count')).toEqual({ global: 3, flow: 3, node: 3 });
		// The warm instance has its own of what does not travel.
		expect(await ask(project, 'read')).toEqual({ ...everything, cached: 'not wanted', gone: null });
	});

	it('goes back, too, where the new release ran and did not serve', async () => {
		const counts = node('tick', 'inject', { once: true, onceDelay: '0', repeat: '', props: [], wires: [['count-fn']] });
		await project.configure({ checks: [{ http: '/nowhere' }] });
		await project.setFlows(flows('v3', [counts]));
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringMatching(/\d+ context key\(s\) were carried back/) });
		// The third release counted once, at its start.
		expect(await ask(project, 'count')).toEqual({ global: 5, flow: 5, node: 5 });
		await project.configure({});
	});

	it('stays where the configuration says so, and the plan says it', async () => {
		await project.configure({ context: { carry: false } });
		await project.setFlows(flows('v4'));
		const plan = (await project.cli('plan', 'production', '--json')).json();
		expect(plan.effects).toContainEqual(expect.objectContaining({ kind: 'resets', what: 'context kept in memory begins anew' }));
		expect((await project.promote(flows('v4'))).context).toBeNull();
		expect(await ask(project, 'count')).toEqual({ global: 1, flow: 1, node: 1 });
		await project.configure({});
	});

	it('is in no file and no report', async () => {
		expect((await project.cli('status', '--json')).stdout).not.toContain(SECRET);
		const folder = join(project.folder, '.flowferry');
		const entries = await readdir(folder, { recursive: true, withFileTypes: true });
		const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
		expect(files.some((file) => file.endsWith('state.db'))).toBe(true);
		for (const file of files) expect({ file, holds: (await readFile(file)).includes(SECRET) }).toEqual({ file, holds: false });
	});

	it('waits for what is inside, while clients that keep their connections are let go', async () => {
		const { url } = await project.active();
		await project.setFlows(flows('v5'));
		const promotion = project.cli('promote', '--yes', '--json');
		const agent = new Agent({ keepAlive: true });
		const inside: Promise<IncomingMessage>[] = [];
		// Before the drain the connection is kept; then it serves still, and says that this was the last answer on it.
		for (let kept = true; kept; ) {
			inside.push(fetchBy(new Agent(), `${url}/slow`));
			const { statusCode, headers } = await fetchBy(agent, `${url}/version`);
			expect(statusCode).toBe(200);
			kept = headers.connection === 'keep-alive';
			if (kept) await sleep(100);
		}
		expect((await Promise.all(inside)).map(({ statusCode }) => statusCode)).toEqual(inside.map(() => 200));
		expect((await promotion).json()).toMatchObject({ outcome: 'promoted', drained: { drained: true, left: [] } });
		agent.destroy();
	});
});

/**
 * A connection that is kept may be closed by the server just when a request sets out on it: every client of HTTP asks again then, on a
 * new one (RFC 9110, 9.2.2). On a new one nothing may fail.
 */
function fetchBy(agent: Agent, url: string): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const request = get(url, { agent }, (response) => response.resume().once('end', () => resolve(response)));
		request.once('error', (error: NodeJS.ErrnoException) => {
			if (request.reusedSocket && error.code === 'ECONNRESET') fetchBy(agent, url).then(resolve, reject);
			else reject(error);
		});
	});
}
