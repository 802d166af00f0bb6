import type { DatabaseSync } from 'node:sqlite';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { LeaseGrant, LeaseRecord, LeaseRefusal, LeaseStore } from './lease.ts';
import { type Decision, decideAcquire, decideHandOver, decideRenew, free, type Seat } from './seat.ts';

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
		return this.#transact(seat, ttlMs, (current) => decideAcquire(current, holder));
	}

	async renew(seat: string, holder: string, token: number, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		return this.#transact(seat, ttlMs, (current) => decideRenew(current, { holder, token }));
	}

	async handOver(seat: string, holder: string, token: number, to: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		return this.#transact(seat, ttlMs, (current) => decideHandOver(current, { holder, token }, to));
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

	/** Whether the lease has ended is seen within the transaction: it may have waited for another one's. */
	#transact(name: string, ttlMs: number, decide: (seat: Seat) => Decision): LeaseGrant | LeaseRefusal {
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const row = this.#database.prepare('SELECT * FROM lease WHERE seat = ?').get(name) as unknown as Row | undefined;
			const seat: Seat = row ? { holder: row.holder, token: row.token, remainingMs: this.#remaining(row) } : free;
			const decision = decide(seat);
			if (decision.granted) this.#write(name, decision, ttlMs);
			this.#database.exec('COMMIT');
			return { seat: name, ...decision };
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	#write(name: string, { holder, token }: { holder: string; token: number }, ttlMs: number): void {
		this.#database
			.prepare(
				`INSERT INTO lease (seat, holder, token, boot_id, expires_ms, ttl_ms) VALUES (?, ?, ?, ?, ?, ?)
				 ON CONFLICT (seat) DO UPDATE SET holder = excluded.holder, token = excluded.token, boot_id = excluded.boot_id,
				 expires_ms = excluded.expires_ms, ttl_ms = excluded.ttl_ms`,
			)
			.run(name, holder, token, this.#clock.bootId, this.#clock.nowMs() + ttlMs, ttlMs);
	}

	/** Zero where the lease has ended, or was granted before a reboot (where no holder can have survived). */
	#remaining(row: Row): number {
		if (row.holder === null || row.boot_id !== this.#clock.bootId) return 0;
		const remaining = row.expires_ms - this.#clock.nowMs();
		return remaining > row.ttl_ms ? 0 : Math.max(0, remaining);
	}
}
