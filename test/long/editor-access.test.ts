import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import { answering, signIn, type Visitor, visit, visitorAt } from '../support/editor.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, instancesOf, node, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct-horse-battery-staple';
const credentials = { r1: { user: 'plant', password: 'plant-password' } };
const flows = versionFlows('v1', [
	node('i1', 'inject', { props: [{ p: 'payload' }], payloadType: 'date', repeat: '', wires: [['d1']] }),
	node('d1', 'debug', { active: true, complete: 'payload' }),
	node('r1', 'http request', { method: 'GET', ret: 'txt', url: 'http://127.0.0.1:1/', authType: 'basic', wires: [[]] }),
]);

/** `open`, then what came in until it was closed, or `refused`. */
async function talk(url: string, ...messages: object[]): Promise<string> {
	const socket = new WebSocket(url);
	let heard = 'refused';
	socket.on('open', () => {
		heard = 'open';
		for (const message of messages) socket.send(JSON.stringify(message));
	});
	await new Promise((resolve) => {
		socket.on('message', (data) => {
			heard += ` ${data}`;
			if (String(data).includes('ok')) socket.close();
		});
		socket.on('error', () => {});
		socket.on('close', resolve);
	});
	return heard;
}

describe('an editor that is read-only', () => {
	let project: Project;
	let instance: InstanceStatus;
	let editor: string;

	beforeAll(async () => {
		project = await createProject({ editor: { access: 'read-only', users: { ann: PASSWORD, bob: 'another-password' } }, credentials });
		await project.promote(flows);
		instance = await project.active();
		editor = instance.editor as string;
	});
	afterAll(() => project.remove());

	it('is told of by its command, and is served at its port', async () => {
		const { editors } = (await project.cli('editor', '--json')).json();
		expect(editors).toEqual([{ instance: 'blue/0', url: editor, drifted: false }]);
		expect((await project.cli('editor')).stdout).toMatch(
			/^blue\/0 {3}http:\/\/127\.0\.0\.1:\d+\/ {2}read-only\n {2}from another machine: ssh -L/,
		);
		const page = await fetch(editor);
		expect([page.url, await page.text()]).toEqual([`${editor}flowferry-editor/`, expect.stringContaining('<title>Node-RED</title>')]);
	});

	it('is not there at the router, nor where the router finds the instance', async () => {
		for (const base of [project.url, instance.url as string]) {
			for (const path of ['', '/', '/flows', '/settings', '/auth/login', '/nodes', '/red/red.min.js', '/icons/node-red/inject.svg']) {
				expect({ path, status: (await fetch(`${base}/flowferry-editor${path}`)).status }).toEqual({ path, status: 404 });
			}
			for (const path of ['/FLOWFERRY-EDITOR/flows', '/flowferry-editor/../flowferry-editor/flows', `${base}/flowferry-editor/flows`])
				expect({ path, status: await statusOf(base, path) }).toEqual({ path, status: 404 });
			expect((await signIn(base, 'ann', PASSWORD)).status).toBe(404);
			expect(await talk(`${base.replace('http', 'ws')}/flowferry-editor/comms`, { auth: 'x' })).toBe('refused');
		}
	});

	it('asks for a sign-in before it tells or does anything', async () => {
		for (const token of [null, 'made-up']) {
			const nobody = visitorAt(editor, token);
			for (const path of ['/flows', '/flow/tab1', '/settings', '/nodes', '/context/global', '/diagnostics', '/plugins', '/settings/user'])
				expect({ path, ...(await nobody.call('GET', path)) }).toMatchObject({ path, status: 401 });
			for (const [method, path] of changes) expect([401, 403, 404]).toContain((await nobody.call(method, path, {})).status);
		}
		const comms = `${editor.replace('http', 'ws')}flowferry-editor/comms`;
		expect(await talk(comms, { subscribe: 'notification/#' })).toBe('open {"auth":"fail"}');
		expect(await talk(comms, { auth: 'made-up' })).toBe('open {"auth":"fail"}');
		const { token } = await signIn(editor, 'ann', PASSWORD);
		expect(await talk(comms, { auth: token })).toBe('open {"auth":"ok"}');
	});

	const changes = [
		['POST', '/flows'],
		['POST', '/FLOWS/'],
		['POST', '/flows/state'],
		['POST', '/flow'],
		['PUT', '/flow/tab1'],
		['DELETE', '/flow/tab1'],
		['POST', '/inject/i1'],
		['POST', '/debug/d1/disable'],
		['POST', '/debug/disable'],
		['DELETE', '/context/global/x'],
		['POST', '/nodes'],
		['PUT', '/nodes/node-red'],
		['PUT', '/nodes/node-red/inject'],
		['DELETE', '/nodes/node-red'],
		['POST', '/library/local/flows/x'],
		['POST', '/projects'],
		['POST', '/settings/user'],
		['POST', '/settings/user/keys'],
	] as const;

	it('shows flows, and changes nothing for whoever is signed in', async () => {
		const ann = await visit(instance, 'ann', PASSWORD);
		const before = await ann.call('GET', '/flows', undefined, { 'node-red-api-version': 'v2' });
		expect(before).toMatchObject({ status: 200, body: { flows: expect.arrayContaining([expect.objectContaining({ id: 'fn1' })]) } });
		for (const path of ['/settings', '/nodes', '/context/global', '/plugins', '/flows/state'])
			expect({ path, ...(await ann.call('GET', path)) }).toMatchObject({ path, status: 200 });
		for (const [method, path] of changes)
			expect({ path, ...(await ann.call(method, path, [])) }).toMatchObject({ path, status: 403, body: { code: 'read_only' } });
		expect(await ann.deploy(answering('by ann'))).toBe(403);
		expect(await ann.call('GET', '/flows', undefined, { 'node-red-api-version': 'v2' })).toEqual(before);
		expect(await askVersion(project)).toBe('v1');
	});

	it('shows no credentials, not even user names', async () => {
		const ann = await visit(instance, 'ann', PASSWORD);
		expect(await ann.call('GET', '/credentials/http%20request/r1')).toEqual({ status: 200, body: {} });
		expect(await ann.call('GET', '/CREDENTIALS/http%20request/r1')).toEqual({ status: 200, body: {} });
		expect((await ann.call('GET', '/projects')).status).not.toBe(200);
	});

	it('gives up on whoever guesses', async () => {
		const statuses = [];
		for (let attempt = 0; attempt < 5; attempt++) statuses.push((await signIn(editor, 'bob', `guess ${attempt}`)).status);
		expect(statuses).toEqual([403, 403, 403, 403, 403]);
		expect((await signIn(editor, 'bob', 'another-password')).text).toContain('Too many login attempts');
		expect((await signIn(editor, 'nobody', 'another-password')).status).toBe(403);
		expect((await signIn(editor, 'ann', PASSWORD)).status).toBe(200);
	});

	it('leaves its passwords in no file, no output, no command line and no environment', async () => {
		const outputs = await Promise.all([project.cli('status', '--json'), project.cli('editor'), project.cli('plan')]);
		for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(PASSWORD);
		expect((await promisify(execFile)('ps', ['-eo', 'args'])).stdout).not.toContain(PASSWORD);
		for (const pid of [instance.pid, instance.childPid]) {
			const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
			expect(environment).not.toContain(PASSWORD);
		}
		const kept = join(project.folder, '.flowferry');
		let files = 0;
		for (const entry of await readdir(kept, { recursive: true, withFileTypes: true })) {
			if (!entry.isFile() || entry.parentPath.includes('node_modules')) continue;
			files++;
			const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
			expect({ file: entry.name, leaks: text.includes(PASSWORD) }).toEqual({ file: entry.name, leaks: false });
		}
		expect(files).toBeGreaterThan(10);
	});
});

describe('an emergency edit', () => {
	let project: Project;
	let ann: Visitor;

	beforeAll(async () => {
		project = await createProject({ instances: 2, credentials, editor: { access: 'edit', users: { ann: PASSWORD } } });
		await project.promote(flows);
		ann = await visit(await project.active(), 'ann', PASSWORD);
	});
	afterAll(() => project.remove());

	const drift = async () => Object.fromEntries(instancesOf(await project.status()).map(({ instance, drifted }) => [instance, drifted]));

	it('is deployed on the active instance while requests come, and that stays active', async () => {
		const before = await project.active();
		expect(await askVersion(project)).toBe('v1');
		const answers: string[] = [];
		let goesOn = true;
		const asking = (async () => {
			// What is inside while a deploy replaces its nodes, Node-RED never answers.
			while (goesOn) answers.push(await askVersion(project, 1000).catch((error) => String(error)));
		})();
		for (const type of ['full', 'nodes', 'flows', 'full'] as const)
			expect(await ann.deploy(answering(`emergency, ${type}`), type)).toBe(200);
		await until(() => answers.at(-1) === 'emergency, full', 'what was deployed answers');
		goesOn = false;
		await asking;
		const { instance, childPid, lease, state } = await project.active();
		expect({ instance, childPid, lease, state }).toEqual({
			instance: before.instance,
			childPid: before.childPid,
			lease: before.lease,
			state: 'active',
		});
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});

	it('cannot start or stop flows, nor touch an instance that stands by', async () => {
		expect(await ann.call('POST', '/flows/state', { state: 'stop' })).toMatchObject({ status: 403, body: { code: 'not_allowed' } });
		expect((await ann.call('POST', '/nodes', { module: 'left-pad' })).status).toBe(404);
		expect((await ann.call('PUT', '/nodes/node-red/inject', { enabled: false })).status).toBe(401);
		const spare = instancesOf(await project.status()).find(({ lease }) => lease === null) as InstanceStatus;
		const there = await visit(spare, 'ann', PASSWORD);
		expect(await there.deploy(answering('by the spare'))).toBe(409);
		expect(await there.call('POST', '/flows/state', { state: 'start' })).toMatchObject({ status: 403 });
		expect(await there.call('POST', '/flow', { nodes: [] })).toMatchObject({ status: 409, body: { code: 'not_active' } });
		expect(instancesOf(await project.status()).find(({ instance }) => instance === spare.instance)).toMatchObject({
			state: 'standby',
			agent: { flows: 'stopped' },
		});
	});

	it('shows as drift, is captured back and promoted, and then there is none', async () => {
		expect(await drift()).toEqual({ 'blue/0': true, 'blue/1': false });
		const { stdout } = await project.cli('status');
		expect(stdout).toContain(
			'    ! changed in place: its flows or credentials are not those of release 1, until its Node-RED ends or another instance goes on\n',
		);
		expect(stdout).toContain('→ flowferry diff production shows it; flowferry snapshot --from production keeps it');
		expect((await project.cli('diff', 'production')).stdout).toContain('+ msg.payload = "emergency, full";');
		expect((await project.cli('plan')).stdout).toContain('the flows of release 1 were changed in place on blue/0');
		const captured = (await project.cli('snapshot', '--from', 'production', '-m', 'Emergency', '--json')).json();
		expect(captured).toMatchObject({
			created: true,
			source: { kind: 'environment', environment: 'production', release: 1, instance: 'blue/0' },
		});
		expect((await project.cli('plan', '--snapshot', captured.id)).stdout).not.toContain('in place');
		const promoted = await project.cli('promote', '--snapshot', captured.id, '--yes', '--json');
		expect({ status: promoted.status, text: promoted.stdout }).toMatchObject({ status: 0 });
		expect(await askVersion(project)).toBe('emergency, full');
		await project.succeed('diff', 'production', '--exit-code');
		// The old instance comes up with the flows of its release, for a rollback.
		await until(async () => Object.values(await drift()).every((changed) => changed === false), 'nothing is changed in place');
	});

	it('ends with its Node-RED: the spare goes on with what was promoted', async () => {
		const before = await project.active();
		expect(await (await visit(before, 'ann', PASSWORD)).deploy(answering('never captured'))).toBe(200);
		await until(async () => (await askVersion(project).catch(() => '')) === 'never captured', 'it answers');
		process.kill(before.childPid as number, 'SIGKILL');
		await until(async () => (await askVersion(project).catch(() => '')) === 'emergency, full', 'the spare answers');
		await until(async () => (await drift())[before.instance] === false, 'the one that crashed is as it was promoted');
		expect((await project.active()).instance).not.toBe(before.instance);
	});
});

/** With a path that is sent as it stands. */
function statusOf(base: string, path: string): Promise<number | undefined> {
	const { hostname, port } = new URL(base);
	return new Promise((resolve, reject) => {
		const call = request({ hostname, port, path }, (response) => {
			response.resume();
			resolve(response.statusCode);
		});
		call.on('error', reject).end();
	});
}
