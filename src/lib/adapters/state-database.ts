import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** SQLite's numbers for a damaged file, and for one that is none of its own. */
const DAMAGED = [11, 26];

/** SQLite's number for a file that another process does not let go of. */
export const BUSY = 5;

/** Sixty-four pages. */
const RESERVED_BYTES = 256 * 1024;

/** How long a transaction waits for another process's, unless its opener says otherwise. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Opens (or creates) a SQLite database that several processes share: write-ahead log, fully synchronous, so that what
 * was committed survives a power cut. Room is reserved, so that on a disk that has run full an active instance can still
 * renew its lease, and a promotion can still be undone.
 * @param busyMs how long a transaction waits for another process's: nothing else of the caller's happens meanwhile
 * @throws FlowferryError STATE_UNUSABLE where the file is no database, or cannot be written
 */
export function openStateDatabase(file: string, tables: string, busyMs = BUSY_TIMEOUT_MS): DatabaseSync {
	try {
		const database = new DatabaseSync(file, { timeout: busyMs });
		database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 20; PRAGMA foreign_keys = ON;');
		database.exec(tables);
		reserveRoom(database, file);
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

/**
 * Makes the write-ahead log longer than it will ever be used, since it is written back after 20 pages, and the database
 * longer than its contents: SQLite writes over what is there and gives nothing back to the disk. The log goes when the
 * last process closes it, so each opener looks. On a disk that is full already there is nothing to reserve.
 */
function reserveRoom(database: DatabaseSync, file: string): void {
	try {
		if (statSync(`${file}-wal`).size >= RESERVED_BYTES) return;
		// Two transactions: what one transaction inserts and deletes is not written at all.
		database.exec('CREATE TABLE IF NOT EXISTS reserve (filler BLOB) STRICT');
		database.exec(`INSERT INTO reserve VALUES (zeroblob(${RESERVED_BYTES}))`);
		database.exec('DELETE FROM reserve');
		database.exec('PRAGMA wal_checkpoint(PASSIVE)');
	} catch {
		// The disk is full, or somebody else is reserving.
	}
}

function hintFor(file: string, { errcode = 0 }: { errcode?: number }): string {
	if ((errcode & 0xff) === BUSY)
		return 'run the command again; if that does not help, a process of this environment stands still in the middle of a change: have it go on, or end it';
	if (!DAMAGED.includes(errcode & 0xff)) return `if the disk is full, make room; else check the permissions of ${dirname(file)}`;
	const ids = join(dirname(file), 'slots', '*', '*', 'address.json');
	return `the file is damaged: end what still runs of this environment (${ids} have the process ids), move ${file} away together with its -wal and -shm files, and promote the snapshot that is to serve (\`flowferry snapshot list\`)`;
}
