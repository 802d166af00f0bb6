import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { BUSY } from '../../src/lib/adapters/state-database.ts';

const AGAIN_FOR_MS = 10_000;
const AGAIN_EVERY_MS = 100;
/** Who goes on ends a transaction sooner. */
const LOCKED_MS = 500;

/**
 * `docker pause`. On a busy machine runc gives up before every thread stands still, and wakes them all: then once more.
 * @param volume of the environment's state, on this machine. A container that is caught in the middle of a transaction locks the state, which no
 * spare can help (docs/guides/hot-spare.md): it goes on, and is paused once more.
 */
export async function pauseContainer(docker: Docker, container: Docker.Container, volume: string): Promise<void> {
	const { Mountpoint } = await docker.getVolume(volume).inspect();
	for (const end = performance.now() + AGAIN_FOR_MS; ; await sleep(AGAIN_EVERY_MS)) {
		try {
			await container.pause();
			if (!isLocked(join(Mountpoint, 'state.db'))) return;
			await container.unpause();
			if (performance.now() > end) throw new Error('it was in a transaction each time');
		} catch (error) {
			if (!(error as Error).message.includes('unable to freeze') || performance.now() > end) throw error;
		}
	}
}

function isLocked(file: string): boolean {
	const state = new DatabaseSync(file, { timeout: LOCKED_MS });
	try {
		state.exec('BEGIN IMMEDIATE; ROLLBACK');
		return false;
	} catch (error) {
		if ((error as { errcode?: number }).errcode === BUSY) return true;
		throw error;
	} finally {
		state.close();
	}
}
