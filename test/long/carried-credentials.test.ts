import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { startNodeRed } from '../support/node-red.ts';
import { createProject, instancesOf, node, nodeRedFolder, type Project, versionFlows } from '../support/project.ts';
import { sweep } from '../support/secret-sweep.ts';

const PASSPHRASE = 'six words that nobody else has';
const PASSWORD = 'p&ss: wörd/of the dev=1';
const LATER = 'another-password-2';
const API_KEY = 'cred-variable-of-a-tab';
const GLOBAL_KEY = 'cred-variable-of-all-tabs';

/** `GET /call` makes an http request with basic auth; `GET /keys` answers what variables of type cred hold, in an order that no secret has. */
function flowsFor(version: string, url: string): FlowNode[] {
	return versionFlows(version, [
		node('i1', 'http in', { url: '/call', method: 'get', wires: [['r1']] }),
		node('r1', 'http request', { method: 'GET', ret: 'txt', url, authType: 'basic', wires: [['o1']] }),
		node('o1', 'http response', {}),
		node('i2', 'http in', { url: '/keys', method: 'get', wires: [['f2']] }),
		node('f2', 'function', {
			func: "msg.payload = ['API_KEY', 'GLOBAL_KEY'].map((name) => [...String(env.get(name))].reverse().join(''));\nreturn msg;",
			outputs: 1,
			wires: [['o1']],
		}),
		{ id: 'gc', type: 'global-config', env: [{ name: 'GLOBAL_KEY', type: 'cred', value: '' }], name: '', modules: {} },
	]).map((each) => (each.id === 'tab1' ? { ...each, env: [{ name: 'API_KEY', type: 'cred', value: '' }] } : each));
}

const programs = {
	5: nodeRedFolder,
	4: fileURLToPath(new URL('../../node_modules/node-red-4', import.meta.url)),
};

describe.each([5, 4] as const)('credentials that a dev Node-RED %i stored', (major) => {
	let project: Project;
	let server: Server;
	let url: string;
	let dev: string;
	const outputs: string[] = [];
	const seen: (string | undefined)[] = [];

	/** Real Node-RED writes the files: flows and credentials come in by its admin API, as from the editor. */
	async function deploy(version: string, credentials: object, settings: object = { credentialSecret: 'of the dev' }): Promise<void> {
		const nodeRed = await startNodeRed({ version: major, userDir: dev, settings: { credentialSecret: undefined, ...settings } });
		try {
			const response = await fetch(`${nodeRed.url}/flows`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json', 'Node-RED-API-Version': 'v2' },
				body: JSON.stringify({ flows: flowsFor(version, url), credentials }),
			});
			expect(response.status).toBe(200);
			// It answers before its files are written.
			await new Promise((resolve) => setTimeout(resolve, 300));
		} finally {
			await nodeRed.stop();
		}
	}
	const all = (password: string) => ({
		r1: { user: 'plant', password },
		tab1: { API_KEY },
		gc: { map: { GLOBAL_KEY, has_GLOBAL_KEY: true } },
	});
	const run = async (args: string[], passphrase: string | null = PASSPHRASE) => {
		const result = await project.cliWith(passphrase === null ? {} : { FLOWFERRY_PASSPHRASE: passphrase }, ...args);
		outputs.push(result.stdout, result.stderr);
		return result;
	};
	const basic = (password: string) => `Basic ${Buffer.from(`plant:${password}`).toString('base64')}`;
	const reversed = (text: string) => [...text].reverse().join('');
	const call = async () => {
		seen.length = 0;
		expect((await fetch(`${project.url}/call`)).status).toBe(200);
		return seen;
	};
	const pids = async () => instancesOf(await project.status()).map(({ pid, childPid }) => [pid, childPid]);

	beforeAll(async () => {
		server = createServer((request, response) => {
			seen.push(request.headers.authorization);
			response.end('ok');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		project = await createProject({ nodeRed: programs[major], hosts: ['127.0.0.1'] });
		dev = join(project.folder, 'dev');
		await deploy('v1', all(PASSWORD));
		expect(await readFile(join(dev, 'flows_cred.json'), 'utf8')).toMatch(/"\$"/);
	});
	afterAll(async () => {
		await project.remove();
		server.close();
	});

	it('are left out without a passphrase, and the warning names the nodes', async () => {
		const { status, stderr } = await run(['snapshot'], null);
		expect({ status, stderr }).toEqual({
			status: 0,
			stderr: expect.stringMatching(/left out of the snapshot \(3 nodes: .*r1.*FLOWFERRY_PASSPHRASE/),
		});
	});

	it('reach production, every kind of them', async () => {
		const promoted = await run(['promote', '--yes', '--json']);
		expect(promoted.stderr).toBe('');
		expect(promoted.json()).toMatchObject({ outcome: 'promoted', warnings: [] });
		expect(await call()).toEqual([basic(PASSWORD)]);
		expect(await (await fetch(`${project.url}/keys`)).json()).toEqual([reversed(API_KEY), reversed(GLOBAL_KEY)]);
	});

	it('are shown by name', async () => {
		const { stdout } = await run(['snapshot', 'list', '--json'], null);
		const [newest] = JSON.parse(stdout).snapshots;
		const shown = await run(['snapshot', 'show', newest.id], null);
		expect(shown.stdout).toMatch(/credentials +3 nodes/);
		expect(shown.stdout).toMatch(/r1 .*password, user/);
		expect(shown.stdout).toMatch(/gc .*GLOBAL_KEY/);
	});

	it('change nothing with a wrong passphrase, or none', async () => {
		await deploy('v2', all(LATER));
		const taken = (await run(['snapshot', '--json'])).json();
		const before = { pids: await pids(), status: (await project.status()).slots };
		for (const [passphrase, code] of [
			['not the passphrase', 'PASSPHRASE_WRONG'],
			[null, 'PASSPHRASE_MISSING'],
		] as const) {
			const refused = await run(['promote', '--snapshot', taken.id, '--yes', '--json'], passphrase);
			expect({ status: refused.status, error: refused.json().error }).toMatchObject({ status: 2, error: { code } });
		}
		expect(await pids()).toEqual(before.pids);
		expect((await run(['history', '--json'])).json().promotions).toHaveLength(1);
	});

	it('that were rotated are another snapshot, and the diff names the node and nothing more', async () => {
		const diff = await run(['snapshot', 'diff', 'production', 'dev', '--json']);
		expect(diff.json().credentials).toEqual([
			{ kind: 'changed', node: expect.objectContaining({ id: 'r1' }), names: ['password', 'user'] },
		]);
		expect((await run(['promote', '--yes', '--json'])).json()).toMatchObject({ outcome: 'promoted' });
		expect(await call()).toEqual([basic(LATER)]);
	});

	it('come back with a rollback, warm without a passphrase, anew with it', async () => {
		expect((await run(['rollback', '--yes', '--json'], null)).json()).toMatchObject({ outcome: 'rolled-back' });
		expect(await call()).toEqual([basic(PASSWORD)]);
		expect((await run(['down', '--yes'])).status).toBe(0);
		const refused = await run(['up', '--json'], null);
		expect({ status: refused.status, error: refused.json().error }).toMatchObject({ status: 2, error: { code: 'PASSPHRASE_MISSING' } });
		expect(await pids()).toEqual([]);
		expect((await run(['up', '--json'])).status).toBe(0);
		expect(await call()).toEqual([basic(PASSWORD)]);
	});

	it("give way to the environment's own, name by name", async () => {
		await project.configure({ credentials: { r1: { password: 'of-production' } } });
		expect((await run(['promote', '--again', '--yes', '--json'])).json()).toMatchObject({ outcome: 'promoted' });
		expect(await call()).toEqual([basic('of-production')]);
		expect(await (await fetch(`${project.url}/keys`)).json()).toEqual([reversed(API_KEY), reversed(GLOBAL_KEY)]);
	});

	it('are refused where the sealed file was damaged, with nothing changed', async () => {
		const store = join(project.folder, '.flowferry', 'snapshots', 'snapshots');
		const { id } = (await run(['snapshot', '--json'])).json();
		const file = join(store, id.slice(0, 2), id, 'credentials.age');
		const intact = await readFile(file, 'utf8');
		const lines = intact.split('\n');
		const damaged = lines
			.with(
				-3,
				lines.at(-3)!.replace(/^./, (digit) => (digit === 'A' ? 'B' : 'A')),
			)
			.join('\n');
		const before = await pids();
		await writeFile(file, damaged);
		const refused = await run(['promote', '--snapshot', id, '--again', '--yes', '--json']);
		await writeFile(file, intact);
		expect({ status: refused.status, error: refused.json().error }).toMatchObject({ status: 2, error: { code: 'STORE_CORRUPT' } });
		expect(await pids()).toEqual(before);
	});

	it('with another secret than the files say give no snapshot', async () => {
		const settings = await readFile(join(dev, 'settings.js'), 'utf8');
		await writeFile(join(dev, 'settings.js'), settings.replace('of the dev', 'of somebody else'));
		const known = await readdir(join(project.folder, '.flowferry', 'snapshots', 'snapshots'));
		const refused = await run(['snapshot', '--json']);
		expect(refused.json().error).toMatchObject({ code: 'DEV_CREDENTIALS_UNREADABLE', message: expect.stringContaining('flows_cred.json') });
		expect(await readdir(join(project.folder, '.flowferry', 'snapshots', 'snapshots'))).toEqual(known);
		await writeFile(join(dev, 'settings.js'), settings);
	});

	it('are written by a Node-RED that made up its own secret, and are read', async () => {
		await deploy('v3', all(LATER), {});
		expect(JSON.parse(await readFile(join(dev, '.config.runtime.json'), 'utf8'))._credentialSecret).toMatch(/^[0-9a-f]{64}$/);
		const taken = (await run(['snapshot', '--json'])).json();
		expect(taken.warnings).toEqual([]);
	});

	it('stand in no file and no output, in no form', async () => {
		const secrets = [PASSPHRASE, PASSWORD, LATER, API_KEY, GLOBAL_KEY, 'of-production', basic(PASSWORD).slice(6)];
		const found = await sweep(project.folder, { secrets, outputs, except: (path) => path.endsWith('flowferry.yaml') });
		expect(found.leaks).toEqual([]);
		expect(found.files).toBeGreaterThan(30);
		expect(found.gitObjects).toBeGreaterThan(10);
	});
});
