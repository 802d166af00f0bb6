import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUSY } from './state-database.ts';

const RETRY_MS = 1;
/** Transactions of others take milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Keeps everybody from writing into a SQLite database; reading goes on, for it has a write-ahead log. Ends with this process, too.
 * @param patienceMs how long to wait for others
 * @returns lets it go; idempotent
 */
export async function lockStateDatabase(file: string, patienceMs = PATIENCE_MS): Promise<() => void> {
	// Waiting within SQLite would stop everything else that this process does.
	const database = new DatabaseSync(file, { timeout: 0 });
	for (const end = performance.now() + patienceMs; ; await sleep(RETRY_MS)) {
		try {
			database.exec('BEGIN EXCLUSIVE');
			return () => {
				if (database.isOpen) database.close();
			};
		} catch (error) {
			if ((error as { errcode?: number }).errcode === BUSY && performance.now() < end) continue;
			database.close();
			throw error;
		}
	}
}
