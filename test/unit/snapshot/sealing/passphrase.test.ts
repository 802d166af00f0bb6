import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPassphrase } from '../../../../src/lib/snapshot/sealing/passphrase.ts';

describe('the passphrase', () => {
	let folder: string;
	let file: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-passphrase-'));
		file = join(folder, 'passphrase');
	});
	afterAll(() => rm(folder, { recursive: true }));
	const write = async (text: string, mode = 0o600) => {
		await writeFile(file, text);
		await chmod(file, mode);
	};

	it('is what the variable holds, else the file, without the line breaks at its end', async () => {
		await write(' from the file \r\n\n');
		expect(await readPassphrase('from outside', file)).toEqual({ text: 'from outside', origin: 'FLOWFERRY_PASSPHRASE' });
		expect(await readPassphrase('', file)).toEqual({ text: ' from the file ', origin: file });
		expect(await readPassphrase(undefined, undefined)).toBeNull();
		expect(await readPassphrase('', undefined)).toBeNull();
	});

	it.each([0o640, 0o604, 0o660, 0o644])('is not taken from a file with mode %o', async (mode) => {
		await write('secret', mode);
		await expect(readPassphrase(undefined, file)).rejects.toMatchObject({
			code: 'PASSPHRASE_FILE_OPEN',
			message: expect.stringContaining(`mode is ${mode.toString(8)}`),
			hint: expect.stringContaining(`chmod 600 '${file}'`),
		});
	});

	it('is not taken from an empty file, a folder, or none', async () => {
		await write('\n');
		for (const path of [file, join(folder, 'nothing'), join(file, 'below')]) {
			await expect(readPassphrase(undefined, path)).rejects.toMatchObject({ code: 'PASSPHRASE_FILE_UNREADABLE' });
		}
	});
});
