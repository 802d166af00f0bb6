import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReleaseFiles } from '../../../src/runner/release-files.ts';
import { restoreRelease } from '../../../src/runner/release-files.ts';

let folder: string;
let files: ReleaseFiles;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-release-'));
	files = { userDir: join(folder, 'user-dir'), flowsFile: join(folder, 'flows.json'), sealedCredentials: '{"$":"1"}' };
	await mkdir(files.userDir);
	await writeFile(files.flowsFile, '[1]');
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
		await rm(files.flowsFile);
		await expect(restoreRelease(files)).rejects.toThrow('ENOENT');
		expect(await readdir(files.userDir)).toEqual([]);
	});
});
