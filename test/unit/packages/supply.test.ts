import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, nodeRedManifest, paletteManifest } from '../../../src/lib/packages/manifest.ts';
import { openSupply } from '../../../src/lib/packages/supply.ts';

const manifest = nodeRedManifest('5.0.7');
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-supply-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (text: string) => {
	await mkdir(join(folder, 'locks'), { recursive: true });
	await writeFile(join(folder, 'locks', `${digestOf(manifest)}.json`), text);
};

describe('a supply of packages', () => {
	it('has no lock at first, and then the one that it was given', async () => {
		const supply = openSupply(folder);
		expect(await supply.lockOf(manifest)).toBeNull();
		const lock = JSON.stringify({ packages: {} });
		await supply.add({ manifest, lock }, new Map());
		expect(await supply.lockOf(manifest)).toBe(lock);
		expect(await supply.lockOf(paletteManifest([{ name: 'a', version: '1.0.0', types: [] }]))).toBeNull();
	});

	it('keeps packages by their hash, and those that it has', async () => {
		const source = join(folder, 'a.tgz');
		await writeFile(source, 'a');
		const supply = openSupply(join(folder, 'kept'));
		const set = { manifest, lock: JSON.stringify({ packages: {} }) };
		await supply.add(set, new Map([['sha512-A', source]]));
		await rm(source);
		await expect(supply.add(set, new Map([['sha512-A', source]]))).resolves.toBeUndefined();
		await expect(supply.add(set, new Map([['sha512-B', source]]))).rejects.toThrow('ENOENT');
	});

	it.each(['', '{', '{"manifest":"x","lock":"{"}', '[]'])('says which file is no lock any more: %j', async (text) => {
		await write(text);
		await expect(openSupply(folder).lockOf(manifest)).rejects.toMatchObject({
			code: 'PACKAGES_DAMAGED',
			message: expect.stringContaining(join(folder, 'locks')),
		});
	});
});
