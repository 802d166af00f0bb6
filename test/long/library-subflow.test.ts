import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNodeRed } from '../support/node-red.ts';
import { type NpmRegistry, startRegistry } from '../support/npm-registry.ts';
import type { Project } from '../support/project.ts';
import { createProject, node, versionFlows } from '../support/project.ts';

const NAME = 'red-library-subflow';
const PASSPHRASE = 'six words that nobody else has';
const KEY = 'key-of-a-library-subflow';

/** A subflow as a module of the palette: what `export as a module` of the editor makes, with a variable and a credential. */
const subflow = {
	id: 'lib1',
	type: 'subflow',
	name: 'greeting',
	in: [{ wires: [{ id: 'libf' }] }],
	out: [{ wires: [{ id: 'libf', port: 0 }] }],
	env: [
		{ name: 'WORD', type: 'str', value: 'nothing', ui: {} },
		{ name: 'KEY', type: 'cred', ui: {} },
	],
	meta: { module: NAME, type: 'library-greeting', version: '1.4.0' },
	flow: [
		{
			id: 'libf',
			type: 'function',
			z: 'lib1',
			func: "msg.payload = env.get('WORD') + ' ' + [...String(env.get('KEY'))].reverse().join('');\nreturn msg;",
			outputs: 1,
			wires: [[]],
		},
	],
};

describe('a subflow that a module of the palette brings', () => {
	let project: Project;
	let registry: NpmRegistry;
	let module: string;

	beforeAll(async () => {
		module = await mkdtemp(join(tmpdir(), 'flowferry-module-'));
		const manifest = { name: NAME, version: '1.4.0', 'node-red': { nodes: { greeting: 'greeting.js' } } };
		await writeFile(join(module, 'package.json'), JSON.stringify(manifest));
		await writeFile(join(module, 'greeting.js'), "module.exports = (RED) => RED.nodes.registerSubflow(require('./greeting.json'));\n");
		await writeFile(join(module, 'greeting.json'), JSON.stringify(subflow));
		registry = await startRegistry(module);
		project = await createProject();
	});
	afterAll(async () => {
		await project.remove();
		await registry.stop();
		await rm(module, { recursive: true });
	});

	it('is captured with its type and version, restored, and has its variables and credentials', async () => {
		const dev = join(project.folder, 'dev');
		await mkdir(join(dev, 'node_modules'), { recursive: true });
		await cp(module, join(dev, 'node_modules', NAME), { recursive: true });
		await writeFile(join(dev, 'package.json'), JSON.stringify({ name: 'dev', version: '0.0.1', dependencies: { [NAME]: '^1.0.0' } }));
		const flows = versionFlows('v1', [
			node('i1', 'http in', { url: '/greet', method: 'get', wires: [['g1']] }),
			node('g1', 'library-greeting', { WORD: 'hello', wires: [['o1']] }),
			node('o1', 'http response', {}),
		]);
		const nodeRed = await startNodeRed({ userDir: dev });
		const posted = await fetch(`${nodeRed.url}/flows`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', 'Node-RED-API-Version': 'v2' },
			body: JSON.stringify({ flows, credentials: { g1: { KEY } } }),
		});
		expect(posted.status).toBe(200);
		await new Promise((resolve) => setTimeout(resolve, 500));
		const expected = `hello ${[...KEY].reverse().join('')}`;
		expect(await (await fetch(`${nodeRed.url}/greet`)).text()).toBe(expected);
		await nodeRed.stop();

		const env = { FLOWFERRY_PASSPHRASE: PASSPHRASE, npm_config_registry: registry.url };
		const taken = (await project.cliWith(env, 'snapshot', '--json')).json();
		expect(taken).toMatchObject({
			warnings: [],
			palette: [{ name: NAME, version: '1.4.0', types: ['library-greeting'] }],
			credentials: [{ id: 'g1', names: ['KEY'] }],
		});
		const promoted = await project.cliWith(env, 'promote', '--yes', '--json');
		expect({ status: promoted.status, ...promoted.json() }).toMatchObject({ status: 0, outcome: 'promoted', warnings: [] });
		await project.status();
		expect(await (await fetch(`${project.url}/greet`)).text()).toBe(expected);
	});
});
