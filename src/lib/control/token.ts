import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';

/** Reads the token of an environment's control endpoints; creates it, readable for its owner alone, where there is none. */
export async function ensureToken(file: string): Promise<string> {
	try {
		await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
			// On a full disk the file is made and stays empty: an empty token would be everybody's.
			await rm(file, { force: true });
			throw error;
		}
	}
	return await readFile(file, 'utf8');
}
