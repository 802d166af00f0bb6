import { DatabaseSync } from 'node:sqlite';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** How long a transaction waits for another process's. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Opens (or creates) a SQLite database that several processes share: write-ahead log, fully synchronous, so that what
 * was committed survives a power cut. The log is written back often, so that it soon stops growing: on a disk that has
 * run full, an active instance can still renew its lease.
 * @throws FlowferryError STATE_UNUSABLE where the file is no database, or cannot be written
 */
export function openStateDatabase(file: string, tables: string): DatabaseSync {
	try {
		const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
		database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 20; PRAGMA foreign_keys = ON;');
		database.exec(tables);
		return database;
	} catch (cause) {
		throw new FlowferryError({
			code: 'STATE_UNUSABLE',
			message: `the environment's state ${file} cannot be used: ${(cause as Error).message}`,
			hint: 'if the disk is full, make room; if the file is damaged, move it away and run `flowferry up` to start the last release anew',
			exitStatus: ExitStatus.needsOperator,
			cause,
		});
	}
}
