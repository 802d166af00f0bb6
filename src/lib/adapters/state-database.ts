import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** SQLite's numbers for a damaged file, and for one that is none of its own. */
const DAMAGED = [11, 26];

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
			hint: hintFor(file, cause as { errcode?: number }),
			exitStatus: ExitStatus.needsOperator,
			cause,
		});
	}
}

function hintFor(file: string, { errcode = 0 }: { errcode?: number }): string {
	if (!DAMAGED.includes(errcode & 0xff)) return `if the disk is full, make room; else check the permissions of ${dirname(file)}`;
	const ids = join(dirname(file), 'slots', '*', '*', 'address.json');
	return `the file is damaged: end what still runs of this environment (${ids} have the process ids), move ${file} away together with its -wal and -shm files, and promote the snapshot that is to serve (\`flowferry snapshot list\`)`;
}
