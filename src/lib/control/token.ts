import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';

/** Reads the token of an environment's control endpoints; creates it, readable for its owner alone, where there is none. */
export async function ensureToken(file: string): Promise<string> {
	const known = await readFile(file, 'utf8').catch(() => '');
	if (known !== '') return known;
	const draft = `${file}.${randomBytes(6).toString('hex')}`;
	try {
		await writeFile(draft, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
		// Whole or not at all: whoever comes at the same time, or finds a full disk, must not take an empty one.
		await link(draft, file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	} finally {
		await rm(draft, { force: true });
	}
	return await readFile(file, 'utf8');
}
