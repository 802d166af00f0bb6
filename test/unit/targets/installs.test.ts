import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, paletteManifest } from '../../../src/lib/packages/manifest.ts';
import { layoutOf } from '../../../src/lib/targets/layout.ts';
import { findInstalls } from '../../../src/lib/targets/process/installs.ts';

describe('what has to be installed', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-installs-'));
		await mkdir(join(folder, 'nearby'));
		await writeFile(join(folder, 'nearby', 'package.json'), JSON.stringify({ name: 'node-red', version: '5.0.7' }));
	});
	afterEach(() => rm(folder, { recursive: true }));

	const palette = [{ name: 'a', version: '1.0.0', types: [] }];
	const find = (modules = palette, version = '5.0.7', nearby: string[] | null = [join(folder, 'nearby')]) =>
		findInstalls(layoutOf(folder), { flows: [], palette: modules, nodeRed: { version } }, nearby);

	it('is the palette, until it is there', async () => {
		expect(await find()).toEqual(['a@1.0.0']);
		await mkdir(join(folder, 'palettes', digestOf(paletteManifest(palette))), { recursive: true });
		expect(await find()).toEqual([]);
		expect(await find([{ name: 'a', version: '1.0.1', types: [] }])).toEqual(['a@1.0.1']);
		expect(await find([])).toEqual([]);
	});

	it('is Node-RED, where it is neither near nor installed nor named', async () => {
		expect(await find([], '4.1.0')).toEqual(['node-red@4.1.0']);
		expect(await find([], '4.1.0', null)).toEqual([]);
		await mkdir(join(folder, 'node-red', '4.1.0'), { recursive: true });
		expect(await find([], '4.1.0')).toEqual([]);
	});
});
