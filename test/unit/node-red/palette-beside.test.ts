import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPaletteBeside } from '../../../src/lib/node-red/palette-beside.ts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-palette-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const read = () => readPaletteBeside(join(folder, 'flows.json'));
const write = (name: string, content: unknown) => writeFile(join(folder, name), JSON.stringify(content));

it('takes what a user directory asks for, with the types that Node-RED has found', async () => {
	await write('package.json', { dependencies: { 'node-red-node-smooth': '^0.1.2', 'node-red-contrib-new': 'latest' } });
	await write('.config.nodes.json', {
		'node-red': { version: '5.0.7', nodes: { local: { types: ['acme-local'] } } },
		'node-red-node-smooth': { version: '0.1.2', nodes: { smooth: { types: ['smooth'] }, off: { types: ['off'], enabled: false } } },
	});
	expect(await read()).toEqual({
		origin: 'package.json',
		isLocked: false,
		modules: [
			{ name: 'node-red', wanted: '5.0.7', types: ['acme-local'] },
			{ name: 'node-red-node-smooth', wanted: '^0.1.2', types: ['smooth'] },
			{ name: 'node-red-contrib-new', wanted: 'latest', types: null },
		],
	});
});

it('knows a project, and a lockfile', async () => {
	await write('package.json', { 'node-red': { settings: { flowFile: 'flows.json' } }, dependencies: {} });
	await write('package-lock.json', {});
	expect(await read()).toEqual({ origin: 'package.json', isLocked: true, modules: [] });
});

it.each([
	['there is none', undefined],
	['it is that of another program', { dependencies: { express: '^5.0.0' } }],
	[
		'it is that of a module of nodes',
		{ name: 'node-red-contrib-x', 'node-red': { nodes: { x: 'x.js' } }, dependencies: { mqtt: '^5.0.0' } },
	],
	['it holds no object', []],
])('tells no palette where %s', async (_, manifest) => {
	if (manifest) await write('package.json', manifest);
	expect(await read()).toBeNull();
});
