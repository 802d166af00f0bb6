import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { replaceFile } from '../lib/adapters/atomic-file.ts';
import type { FlowsPlace } from '../lib/targets/instance.ts';

/** What a Node-RED is to find in its user directory. */
export interface ReleaseFiles {
	userDir: string;
	/** The flows as they were promoted; of the whole slot. */
	flows: FlowsPlace;
	/** The text of the credentials file. */
	sealedCredentials: string;
}

/**
 * Has Node-RED come up with what was promoted. A deploy in place writes into these files, and lives as long as its process: so it
 * does not matter which instance goes on after a crash. What is in order is not written, since the disk may be full.
 */
export async function restoreRelease({ userDir, flows, sealedCredentials }: ReleaseFiles): Promise<void> {
	await keepFile(join(userDir, 'flows.json'), await readFlows(flows));
	await keepFile(join(userDir, 'flows_cred.json'), sealedCredentials);
	// Whoever is signed in to the editor has a token in it; the users may be others by now.
	await rm(join(userDir, '.sessions.json'), { force: true });
}

async function readFlows(place: FlowsPlace): Promise<string> {
	if (place.kind === 'file') return await readFile(place.path, 'utf8');
	const chunks = [await readFile(chunkFile(place.folder, 0))];
	for (;;) {
		const chunk = await readFile(chunkFile(place.folder, chunks.length)).catch(unlessMissing);
		if (chunk === null) break;
		chunks.push(chunk);
	}
	// Says so where the last one is missing: what is compressed knows its own end.
	return (await promisify(gunzip)(Buffer.concat(chunks))).toString('utf8');
}

function chunkFile(folder: string, number: number): string {
	return join(folder, String(number), 'flows');
}

function unlessMissing(error: NodeJS.ErrnoException): null {
	if (error.code === 'ENOENT') return null;
	throw error;
}

async function keepFile(file: string, text: string): Promise<void> {
	if ((await readFile(file, 'utf8').catch(() => null)) !== text) await replaceFile(file, text);
}
