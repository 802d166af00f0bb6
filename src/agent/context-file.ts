import { closeSync, existsSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { WriteRefused } from './shared-context.ts';
import { monotonicMs } from './time.ts';

/** What a write that was acknowledged survives: the death of any process, or a power cut, too. */
export type Durability = 'process' | 'power';

/** The right by which something is written. */
export interface Permit {
	/** Which leases the token is of: tokens of a lease store that was made anew begin anew. */
	leases: string;
	token: number;
}

export interface StoredEntry {
	/** Serialized; null: it was deleted. */
	value: Uint8Array | null;
	/** Another one after each write of the key. */
	stamp: number;
}

/** Writes within one transaction. */
export interface Writer {
	read(scope: string, key: string): StoredEntry | undefined;
	/** @param value null deletes */
	write(scope: string, key: string, value: Uint8Array | null): void;
}

/** The file is damaged, is none of ours, or cannot be reached. */
export class ContextUnusable extends Error {
	/** Another process has it locked; that may end. */
	isBusy = false;
}

const tables = `
	CREATE TABLE entry (
		scope TEXT NOT NULL,
		key TEXT NOT NULL,
		value BLOB,
		stamp INTEGER NOT NULL,
		UNIQUE (scope, key)
	) STRICT;
	CREATE INDEX deleted ON entry (stamp) WHERE value IS NULL;
	CREATE TABLE fence (
		only INTEGER PRIMARY KEY CHECK (only = 1),
		leases TEXT NOT NULL,
		token INTEGER NOT NULL
	) STRICT;
	CREATE TABLE reserve (filler BLOB) STRICT;`;

/** SQLite's numbers, in the low byte of what it reports. */
const BUSY = 5;
const FULL = 13;
const DAMAGED = [11, 26];

/** How long a transaction waits for another process's; the event loop stands still meanwhile. */
const BUSY_TIMEOUT_MS = 1000;

/** The log is written back after so many pages: it stays short, and few writes wait for the disk. */
const CHECKPOINT_PAGES = 256;

/** More than the log will take between two checkpoints, in bytes. */
const RESERVED_BYTES = (CHECKPOINT_PAGES + 64) * 4096;

/**
 * That a key was deleted is remembered for so long, for instances that have set it apart before. Whoever has stood apart for
 * longer may bring back a key that did not exist when it was set, and was made and deleted in between.
 */
const DELETIONS_KEPT_MS = 3_600_000;

/** Between two looks for old deletions. */
const DELETIONS_A_LOOK = 1000;

/**
 * The context of an environment in one SQLite file, which the processes of all its instances have open. Whoever writes
 * shows a fencing token; the file remembers the highest one, so that one who was active once cannot write any more.
 */
export class ContextFile {
	readonly #path: string;
	readonly #database: DatabaseSync;
	readonly #read: StatementSync;
	readonly #keys: StatementSync;
	readonly #write: StatementSync;
	readonly #fence: StatementSync;
	readonly #begin: StatementSync;
	readonly #commit: StatementSync;
	#deletions = 0;

	/** @throws ContextUnusable */
	constructor(path: string, durability: Durability) {
		this.#path = path;
		try {
			ensureFile(path);
			const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
			this.#database = database;
			database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'};`);
			database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
			const [{ quick_check: verdict }] = database.prepare('PRAGMA quick_check(1)').all() as [{ quick_check: string }];
			if (verdict !== 'ok') throw damaged(verdict);
			this.#read = database.prepare('SELECT value, stamp FROM entry WHERE scope = ? AND key = ?');
			this.#keys = database.prepare('SELECT key FROM entry WHERE scope = ? AND value IS NOT NULL ORDER BY rowid');
			this.#write = database.prepare(
				`INSERT INTO entry (scope, key, value, stamp) VALUES (?, ?, ?, ?) ON CONFLICT (scope, key) DO UPDATE
				 SET value = excluded.value, stamp = max(excluded.stamp, entry.stamp + 1)`,
			);
			this.#fence = database.prepare('SELECT leases, token FROM fence');
			this.#begin = database.prepare('BEGIN IMMEDIATE');
			this.#commit = database.prepare('COMMIT');
			this.#reserveRoom();
		} catch (error) {
			throw this.#explain(error);
		}
	}

	/** @throws ContextUnusable */
	read(scope: string, key: string): StoredEntry | undefined {
		return this.#guarded(() => this.#read.get(scope, key) as StoredEntry | undefined);
	}

	/** @throws ContextUnusable */
	keys(scope: string): string[] {
		return this.#guarded(() => this.#keys.all(scope).map(({ key }) => key as string));
	}

	/**
	 * Makes changes in one transaction, all of them or none.
	 * @param claims takes over: from now on no lower token may write, and none of other leases
	 * @throws WriteRefused, ContextUnusable
	 */
	change(permit: Permit, claims: boolean, changes: (writer: Writer) => void): void {
		this.#guarded(() => {
			this.#begin.run();
			try {
				this.#pass(permit, claims);
				changes({
					read: (scope, key) => this.#read.get(scope, key) as StoredEntry | undefined,
					write: (scope, key, value) => {
						this.#write.run(scope, key, value, nowMicros());
						if (value === null) this.#deletions++;
					},
				});
				if (claims || this.#deletions >= DELETIONS_A_LOOK) this.#forgetDeletions();
				this.#commit.run();
			} catch (error) {
				if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
				throw error;
			}
		});
	}

	close(): void {
		this.#database.close();
	}

	#pass({ leases, token }: Permit, claims: boolean): void {
		const fence = this.#fence.get() as { leases: string; token: number } | undefined;
		const isSame = fence?.leases === leases;
		if (isSame ? fence.token > token : !claims) {
			throw new WriteRefused(
				`another instance has taken over: ${this.#path} was written with the fencing token ${fence?.token ?? 'of nobody'}, and this one's is ${token}`,
				true,
			);
		}
		if (isSame && fence.token === token) return;
		this.#database
			.prepare('INSERT INTO fence VALUES (1, ?, ?) ON CONFLICT (only) DO UPDATE SET leases = excluded.leases, token = excluded.token')
			.run(leases, token);
	}

	/** Stamps that lie ahead are of before a reboot. */
	#forgetDeletions(): void {
		this.#deletions = 0;
		const now = nowMicros();
		this.#database.prepare('DELETE FROM entry WHERE value IS NULL AND (stamp < ? OR stamp > ?)').run(now - DELETIONS_KEPT_MS * 1000, now);
	}

	/**
	 * Makes the log longer than it will be used, and the file longer than its contents: SQLite writes over what is there, and
	 * gives nothing back to the disk. So a takeover, which must write, finds room on a disk that has run full.
	 */
	#reserveRoom(): void {
		try {
			if (statSync(`${this.#path}-wal`).size >= RESERVED_BYTES) return;
			// Two transactions: what one transaction inserts and deletes is not written at all.
			this.#database.exec(`INSERT INTO reserve VALUES (zeroblob(${RESERVED_BYTES}))`);
			this.#database.exec('DELETE FROM reserve');
			this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
		} catch {
			// The disk is full, or somebody else writes.
		}
	}

	#guarded<T>(work: () => T): T {
		try {
			return work();
		} catch (error) {
			throw this.#explain(error);
		}
	}

	/** What SQLite reports; anything else comes back as it is. */
	#explain(error: unknown): unknown {
		const { errcode, code, message } = error as NodeJS.ErrnoException & { errcode?: number };
		if (errcode === undefined && code === undefined) return error;
		const number = (errcode ?? 0) & 0xff;
		const hint = DAMAGED.includes(number)
			? `the file is damaged: end the environment (flowferry down), move the file away together with its -wal and -shm files, put a backup in its place, or none to begin anew, and start the environment again (flowferry up)`
			: number === FULL
				? `there is no space left on the disk of ${dirname(this.#path)}`
				: number === BUSY
					? 'another process does not let go of it'
					: `check ${dirname(this.#path)} and its permissions`;
		const unusable = new ContextUnusable(`${this.#path}: ${message}; ${hint}`, { cause: error });
		unusable.isBusy = number === BUSY;
		return unusable;
	}
}

/**
 * A new file appears whole, so that an empty one is a damaged one. Values may be secrets: it is its owner's alone, and the
 * files that SQLite puts beside it get the same permissions.
 */
function ensureFile(path: string): void {
	if (existsSync(path)) {
		if (statSync(path).size === 0) throw damaged('the file is empty');
		return;
	}
	if (existsSync(`${path}-wal`)) throw damaged('the file is missing, and its log is there');
	const unfinished = `${path}.${process.pid}`;
	try {
		closeSync(openSync(unfinished, 'w', 0o600));
		const database = new DatabaseSync(unfinished);
		database.exec('PRAGMA journal_mode = WAL');
		database.exec(tables);
		database.close();
		linkSync(unfinished, path);
	} catch (error) {
		// Another instance was first.
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	} finally {
		rmSync(unfinished, { force: true });
	}
}

function damaged(message: string): Error {
	return Object.assign(new Error(message), { errcode: DAMAGED[0] });
}

function nowMicros(): number {
	return Math.floor(monotonicMs() * 1000);
}
