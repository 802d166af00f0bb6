import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 1;
/** Transactions of others take milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Keeps everybody from writing into a SQLite database; reading goes on, for it has a write-ahead log. Ends with this process, too.
 * @returns lets it go; idempotent
 */
export async function lockStateDatabase(file: string): Promise<() => void> {
	// Waiting within SQLite would stop everything else that this process does.
	const database = new DatabaseSync(file, { timeout: 0 });
	for (const end = performance.now() + PATIENCE_MS; ; await sleep(RETRY_MS)) {
		try {
			database.exec('BEGIN EXCLUSIVE');
			return () => {
				if (database.isOpen) database.close();
			};
		} catch (error) {
			if (performance.now() < end) continue;
			database.close();
			throw error;
		}
	}
}
