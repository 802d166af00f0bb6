import type { DatabaseSync } from 'node:sqlite';
import type { Journal } from '../promotion/journal.ts';
import type { FailoverPause, FailoverStore, Intent, RoleChange } from './failover-store.ts';

/** Kept of the changes of roles; an instance in a loop must not fill the disk. */
const MAX_CHANGES = 10_000;

/** The tables of this store; idempotent. */
export const failoverTables = `
	CREATE TABLE IF NOT EXISTS failover_pause (one INTEGER PRIMARY KEY CHECK (one = 1), pause TEXT NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS role_change (id INTEGER PRIMARY KEY, change TEXT NOT NULL) STRICT;`;

/** In the environment's state database, beside its leases and its journal. */
export class SqliteFailoverStore implements FailoverStore {
	readonly #database: DatabaseSync;
	readonly #journal: Journal;
	readonly #now: () => Date;

	constructor(database: DatabaseSync, journal: Journal, now: () => Date) {
		this.#database = database;
		this.#journal = journal;
		this.#now = now;
	}

	async intent(): Promise<Intent> {
		const unfinished = await this.#journal.unfinished();
		return { servingSlot: await this.#journal.servingSlot(), promotion: unfinished?.state ?? null, paused: this.#paused() };
	}

	async pause(pause: FailoverPause): Promise<void> {
		this.#database
			.prepare('INSERT INTO failover_pause (one, pause) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET pause = excluded.pause')
			.run(JSON.stringify(pause));
	}

	async resume(): Promise<FailoverPause | null> {
		const paused = this.#paused();
		this.#database.prepare('DELETE FROM failover_pause').run();
		return paused;
	}

	async record(change: RoleChange): Promise<void> {
		// Last what counts: where it fails, it is written once more.
		this.#database.prepare('DELETE FROM role_change WHERE id <= (SELECT max(id) FROM role_change) - ?').run(MAX_CHANGES - 1);
		this.#database.prepare('INSERT INTO role_change (change) VALUES (?)').run(JSON.stringify(change));
	}

	async changes(limit: number): Promise<RoleChange[]> {
		const rows = this.#database.prepare('SELECT change FROM role_change ORDER BY id DESC LIMIT ?').all(limit) as { change: string }[];
		return rows.map(({ change }) => JSON.parse(change) as RoleChange);
	}

	#paused(): FailoverPause | null {
		const row = this.#database.prepare('SELECT pause FROM failover_pause').get() as { pause: string } | undefined;
		if (!row) return null;
		const pause = JSON.parse(row.pause) as FailoverPause;
		return pause.until !== null && pause.until <= this.#now().toISOString() ? null : pause;
	}
}
