import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../lib/adapters/atomic-file.ts';
import { type ReleaseFiles, restoreRelease } from './release-files.ts';

/** Before the file is tried again, on a full disk for one. */
const RETRY_MS = 250;

/**
 * Node-RED must not be started before: with a `start` left in that file, its flows would run without a lease; and with flows that
 * were not promoted, others.
 */
export async function untilUserDirIsReady(files: ReleaseFiles, failed: (error: string) => void): Promise<void> {
	for (;;) {
		try {
			await restoreRelease(files);
			return await keepFlowsStopped(files.userDir);
		} catch (error) {
			failed(String(error));
			await sleep(RETRY_MS);
		}
	}
}

/**
 * Has Node-RED come up with its flows stopped: of the ways that it offers, this one alone also lets them be started
 * later, and keeps them stopped when flows are loaded. Node-RED itself writes `start` here at each activation, so it is
 * said again before each start. Everything else in the file (a generated credential secret) is kept.
 */
export async function keepFlowsStopped(userDir: string): Promise<void> {
	const file = join(userDir, '.config.runtime.json');
	await replaceFile(file, JSON.stringify({ ...(await readObject(file)), runtimeFlowState: 'stop' }));
}

/** Empty where there is no such file yet, or none that Node-RED could read either. */
async function readObject(file: string): Promise<object> {
	try {
		const value: unknown = JSON.parse(await readFile(file, 'utf8'));
		return typeof value === 'object' && value !== null ? value : {};
	} catch {
		return {};
	}
}
