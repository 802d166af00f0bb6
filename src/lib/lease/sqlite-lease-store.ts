import type { DatabaseSync } from 'node:sqlite';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { LeaseGrant, LeaseRecord, LeaseRefusal, LeaseStore } from './lease.ts';

interface Row {
	seat: string;
	holder: string | null;
	token: number;
	boot_id: string;
	expires_ms: number;
	ttl_ms: number;
}

/** The tables of this store; idempotent. */
export const leaseTables = `
	CREATE TABLE IF NOT EXISTS lease (
		seat TEXT PRIMARY KEY,
		holder TEXT,
		token INTEGER NOT NULL,
		boot_id TEXT NOT NULL,
		expires_ms INTEGER NOT NULL,
		ttl_ms INTEGER NOT NULL
	) STRICT;`;

/**
 * Leases of one host in SQLite. Each operation is one `BEGIN IMMEDIATE` transaction, so contenders queue at the
 * database; times are the host's monotonic clock, so that no change of the wall clock makes a lease longer or shorter.
 */
export class SqliteLeaseStore implements LeaseStore {
	readonly #database: DatabaseSync;
	readonly #clock: MonotonicClock;

	constructor(database: DatabaseSync, clock: MonotonicClock) {
		this.#database = database;
		this.#clock = clock;
	}

	async acquire(seat: string, holder: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		return this.#transact(seat, (row) => {
			if (row?.holder === holder && this.#remaining(row) > 0) return this.#write(seat, holder, row.token, ttlMs);
			if (row && this.#remaining(row) > 0) return this.#refuse(row);
			return this.#write(seat, holder, (row?.token ?? 0) + 1, ttlMs);
		});
	}

	async renew(seat: string, holder: string, token: number, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		return this.#transact(seat, (row) => {
			if (row && row.holder === holder && row.token === token && this.#remaining(row) > 0) return this.#write(seat, holder, token, ttlMs);
			return row ? this.#refuse(row) : { granted: false, seat };
		});
	}

	async handOver(seat: string, holder: string, token: number, to: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		return this.#transact(seat, (row) => {
			if (row && row.holder === holder && row.token === token && this.#remaining(row) > 0) return this.#write(seat, to, token + 1, ttlMs);
			return row ? this.#refuse(row) : { granted: false, seat };
		});
	}

	async release(seat: string, holder: string, token: number): Promise<void> {
		// The row stays: its token must go on growing.
		this.#database
			.prepare('UPDATE lease SET holder = NULL, expires_ms = 0 WHERE seat = ? AND holder = ? AND token = ?')
			.run(seat, holder, token);
	}

	async list(): Promise<LeaseRecord[]> {
		const rows = this.#database.prepare('SELECT * FROM lease WHERE holder IS NOT NULL ORDER BY seat').all() as unknown as Row[];
		return rows
			.map((row) => ({ seat: row.seat, holder: row.holder as string, token: row.token, remainingMs: this.#remaining(row) }))
			.filter((record) => record.remainingMs > 0);
	}

	close(): void {
		this.#database.close();
	}

	#transact<T>(seat: string, decide: (row: Row | undefined) => T): T {
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const row = this.#database.prepare('SELECT * FROM lease WHERE seat = ?').get(seat) as unknown as Row | undefined;
			const result = decide(row);
			this.#database.exec('COMMIT');
			return result;
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	#write(seat: string, holder: string, token: number, ttlMs: number): LeaseGrant {
		this.#database
			.prepare(
				`INSERT INTO lease (seat, holder, token, boot_id, expires_ms, ttl_ms) VALUES (?, ?, ?, ?, ?, ?)
				 ON CONFLICT (seat) DO UPDATE SET holder = excluded.holder, token = excluded.token, boot_id = excluded.boot_id,
				 expires_ms = excluded.expires_ms, ttl_ms = excluded.ttl_ms`,
			)
			.run(seat, holder, token, this.#clock.bootId, this.#clock.nowMs() + ttlMs, ttlMs);
		return { granted: true, seat, holder, token };
	}

	#refuse(row: Row): LeaseRefusal {
		const remainingMs = this.#remaining(row);
		return row.holder !== null && remainingMs > 0
			? { granted: false, seat: row.seat, heldBy: row.holder, remainingMs }
			: { granted: false, seat: row.seat };
	}

	/** Zero where the lease has ended, or was granted before a reboot (where no holder can have survived). */
	#remaining(row: Row): number {
		if (row.holder === null || row.boot_id !== this.#clock.bootId) return 0;
		const remaining = row.expires_ms - this.#clock.nowMs();
		return remaining > row.ttl_ms ? 0 : Math.max(0, remaining);
	}
}
