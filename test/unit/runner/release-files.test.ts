import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ReleaseFiles } from '../../../src/runner/release-files.ts';
import { restoreRelease } from '../../../src/runner/release-files.ts';

let folder: string;
let files: ReleaseFiles;
let flowsFile: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-release-'));
	flowsFile = join(folder, 'flows.json');
	files = { userDir: join(folder, 'user-dir'), flows: { kind: 'file', path: flowsFile }, sealedCredentials: '{"$":"1"}' };
	await mkdir(files.userDir);
	await writeFile(flowsFile, '[1]');
});
afterEach(() => rm(folder, { recursive: true }));

const read = (name: string) => readFile(join(files.userDir, name), 'utf8');

describe('what Node-RED finds in its user directory', () => {
	it('is the release, whether nothing was there or something else', async () => {
		for (const before of [null, '[2]']) {
			if (before) for (const name of ['flows.json', 'flows_cred.json']) await writeFile(join(files.userDir, name), before);
			await restoreRelease(files);
			expect([await read('flows.json'), await read('flows_cred.json')]).toEqual(['[1]', '{"$":"1"}']);
		}
		expect((await stat(join(files.userDir, 'flows_cred.json'))).mode & 0o777).toBe(0o600);
	});

	it('is left alone where it is in order', async () => {
		await restoreRelease(files);
		const { ino, mtimeMs } = await stat(join(files.userDir, 'flows.json'));
		await restoreRelease(files);
		expect(await stat(join(files.userDir, 'flows.json'))).toMatchObject({ ino, mtimeMs });
		expect(await readdir(files.userDir)).toHaveLength(2);
	});

	it('is not made up where the release is gone', async () => {
		await rm(flowsFile);
		await expect(restoreRelease(files)).rejects.toThrow('ENOENT');
		expect(await readdir(files.userDir)).toEqual([]);
	});

	describe('in chunks', () => {
		/** Flows that do not compress to less than some chunks of 1000 bytes. */
		const text = JSON.stringify(Array.from({ length: 600 }, (_, index) => createHash('sha1').update(String(index)).digest('hex')));
		const cut = async (chunks: Buffer[]) => {
			const chunkFolder = join(folder, 'chunks');
			for (const [number, chunk] of chunks.entries()) {
				await mkdir(join(chunkFolder, String(number)), { recursive: true });
				await writeFile(join(chunkFolder, String(number), 'flows'), chunk);
			}
			files.flows = { kind: 'chunks', folder: chunkFolder };
			return chunkFolder;
		};
		const packed = gzipSync(text);
		const chunks = Array.from({ length: Math.ceil(packed.length / 1000) }, (_, number) =>
			packed.subarray(number * 1000, (number + 1) * 1000),
		);

		it('is put together again, in the order of their numbers', async () => {
			expect(chunks.length).toBeGreaterThan(10);
			await cut(chunks);
			await restoreRelease(files);
			expect(await read('flows.json')).toBe(text);
		});

		it.each([
			['the first', 0, 'ENOENT'],
			['one in the middle', 3, 'unexpected end of file'],
			['the last', chunks.length - 1, 'unexpected end of file'],
		])('is not made up where %s is gone', async (_, number, message) => {
			await rm(join(await cut(chunks), String(number)), { recursive: true });
			await expect(restoreRelease(files)).rejects.toThrow(message);
			expect(await readdir(files.userDir)).toEqual([]);
		});

		it('is not made up where one is damaged', async () => {
			await cut(chunks.map((chunk, number) => (number === 2 ? Buffer.alloc(chunk.length) : chunk)));
			await expect(restoreRelease(files)).rejects.toThrow();
			expect(await readdir(files.userDir)).toEqual([]);
		});
	});
});
