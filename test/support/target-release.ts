import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { contentId } from '../../src/lib/snapshot/identity.ts';
import type { PaletteModule, Snapshot } from '../../src/lib/snapshot/snapshot.ts';
import type { NpmRegistry } from './npm-registry.ts';
import { startRegistry } from './npm-registry.ts';
import { node as nodeOf, nodeRedFolder, versionFlows } from './project.ts';
import { PASSPHRASE, secrets } from './target-bed.ts';
import { testVault } from './vault.ts';

export const shoutModule: PaletteModule = { name: 'node-red-contrib-contract-shout', version: '1.0.0', types: ['contract-shout'] };
export const missingModule: PaletteModule = { name: 'node-red-contrib-contract-missing', version: '1.0.0', types: ['contract-missing'] };

const func = (id: string, code: string, next: string) => nodeOf(id, 'function', { func: code, outputs: 1, wires: [[next]] });
const route = (path: string, next: string) => nodeOf(`${path}-in`, 'http in', { url: `/${path}`, method: 'get', wires: [[next]] });
/** An HTTP route that a function answers. */
const answer = (path: string, code: string): FlowNode[] => [
	route(path, `${path}-fn`),
	func(`${path}-fn`, `${code}\nreturn msg;`, `${path}-out`),
	nodeOf(`${path}-out`, 'http response', {}),
];

/**
 * - `/version`: which release answers; `/who`: which instance; `/key`: the environment's variable `PLANT_KEY`
 * - `/count`: one more each time, from the context in memory
 * - `/say?word=…`: writes the word into Node-RED's log
 * - `/call`: calls itself with the credentials of the node `call`; answers the header `authorization` that came
 * - `/shout?word=…`: the palette's node answers, where there is one
 */
function contractFlows(version: string, palette: readonly PaletteModule[]): FlowNode[] {
	return versionFlows(version, [
		...answer('who', "msg.payload = env.get('FLOWFERRY_INSTANCE');"),
		...answer('key', "msg.payload = env.get('PLANT_KEY');"),
		...answer('count', "const n = (flow.get('n') || 0) + 1; flow.set('n', n); msg.payload = { n };"),
		...answer('say', 'node.warn(msg.req.query.word); msg.payload = msg.req.query.word;'),
		...answer('header', 'msg.payload = msg.req.headers.authorization;'),
		route('call', 'call-fn'),
		func('call-fn', "msg.url = 'http://127.0.0.1:' + msg.req.socket.localPort + '/header';\nreturn msg;", 'call'),
		nodeOf('call', 'http request', { method: 'GET', ret: 'txt', url: '', authType: 'basic', wires: [['call-out']] }),
		nodeOf('call-out', 'http response', {}),
		...(palette.includes(shoutModule)
			? [
					route('shout', 'shout-fn'),
					func('shout-fn', 'msg.payload = msg.req.query.word;\nreturn msg;', 'shout'),
					nodeOf('shout', 'contract-shout', { wires: [['shout-out']] }),
					nodeOf('shout-out', 'http response', {}),
				]
			: []),
	]);
}

/** A release's snapshot, with credentials sealed under `PASSPHRASE`; the version makes it differ from others. */
export async function releaseSnapshot(version: string, palette: PaletteModule[] = []): Promise<Snapshot> {
	const { version: nodeRed } = JSON.parse(readFileSync(join(nodeRedFolder, 'package.json'), 'utf8')) as { version: string };
	// The environment gives the user, and wins.
	const { marks, sealed } = await testVault(PASSPHRASE).seal({ call: { user: 'nobody', password: secrets.password } });
	const content = { flows: contractFlows(version, palette), palette, nodeRed: { version: nodeRed }, credentials: marks };
	return {
		id: contentId(content),
		content,
		source: { kind: 'user-dir', path: 'dev', flowFile: 'flows.json' },
		author: 'Ada <ada@example.org>',
		time: '2026-01-02T03:04:05.000Z',
		message: version,
		sealed,
	};
}

/** What npm asks from now on, until `stop`: it has `shoutModule` and nothing else. */
export async function startContractRegistry(): Promise<NpmRegistry> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-module-'));
	const { name, version } = shoutModule;
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, 'node-red': { nodes: { shout: 'shout.js' } } }));
	await writeFile(
		join(folder, 'shout.js'),
		`module.exports = (RED) => {
			RED.nodes.registerType('contract-shout', function (config) {
				RED.nodes.createNode(this, config);
				this.on('input', (msg, send, done) => {
					msg.payload = String(msg.payload).toUpperCase();
					send(msg);
					done();
				});
			});
		};\n`,
	);
	await writeFile(join(folder, 'shout.html'), '<script type="text/javascript"></script>\n');
	const registry = await startRegistry(folder);
	await rm(folder, { recursive: true });
	const before = process.env.npm_config_registry;
	process.env.npm_config_registry = registry.url;
	return {
		url: registry.url,
		stop: async () => {
			if (before === undefined) delete process.env.npm_config_registry;
			else process.env.npm_config_registry = before;
			await registry.stop();
		},
	};
}
