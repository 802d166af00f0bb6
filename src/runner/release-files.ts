import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../lib/adapters/atomic-file.ts';

/** What a Node-RED is to find in its user directory. */
export interface ReleaseFiles {
	userDir: string;
	/** The flows as they were promoted; of the whole slot. */
	flowsFile: string;
	/** The text of the credentials file. */
	sealedCredentials: string;
}

/**
 * Has Node-RED come up with what was promoted. A deploy in place writes into these files, and lives as long as its process: so it
 * does not matter which instance goes on after a crash. What is in order is not written, since the disk may be full.
 */
export async function restoreRelease({ userDir, flowsFile, sealedCredentials }: ReleaseFiles): Promise<void> {
	await keepFile(join(userDir, 'flows.json'), await readFile(flowsFile, 'utf8'));
	await keepFile(join(userDir, 'flows_cred.json'), sealedCredentials);
	// Whoever is signed in to the editor has a token in it; the users may be others by now.
	await rm(join(userDir, '.sessions.json'), { force: true });
}

async function keepFile(file: string, text: string): Promise<void> {
	if ((await readFile(file, 'utf8').catch(() => null)) !== text) await replaceFile(file, text);
}
