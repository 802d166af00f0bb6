import type { DatabaseSync } from 'node:sqlite';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { AuditContent, AuditDraft, AuditEntry, AuditHead, AuditLog } from './audit-log.ts';
import { chain } from './chain.ts';

/** The tables of this log; idempotent. The triggers keep slips of our own away, and nobody else. */
export const auditTables = `
	CREATE TABLE IF NOT EXISTS audit (sequence INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
	CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
	CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;`;

/** The audit of an environment on one host. */
export class SqliteAuditLog implements AuditLog {
	readonly #database: DatabaseSync;
	readonly #now: () => Date;

	constructor(database: DatabaseSync, now: () => Date) {
		this.#database = database;
		this.#now = now;
	}

	async append(draft: AuditDraft): Promise<AuditEntry> {
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const entry = chain(draft, this.#now().toISOString(), this.#head());
			const { sequence, hash } = entry;
			this.#database.prepare('INSERT INTO audit (sequence, entry) VALUES (?, ?)').run(sequence, JSON.stringify(entry));
			this.#database
				.prepare(
					'INSERT INTO audit_head VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash',
				)
				.run(sequence, hash);
			this.#database.exec('COMMIT');
			return entry;
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	async read(after = 0): Promise<AuditContent> {
		this.#database.exec('BEGIN');
		try {
			return { entries: this.#entries(after), head: this.#head() };
		} finally {
			this.#database.exec('ROLLBACK');
		}
	}

	#entries(after: number): AuditEntry[] {
		const rows = this.#database.prepare('SELECT sequence, entry FROM audit WHERE sequence > ? ORDER BY sequence').all(after) as {
			sequence: number;
			entry: string;
		}[];
		// The row's number is what the log is ordered by; where the text says another, the chain shows it.
		return rows.map(({ sequence, entry }) => {
			try {
				return JSON.parse(entry) as AuditEntry;
			} catch (cause) {
				throw new FlowferryError({
					code: 'AUDIT_DAMAGED',
					message: `entry ${sequence} of the audit cannot be read: it was changed after it was written`,
					hint: "find out who writes into the environment's state database; an export that was kept tells what the entry said",
					exitStatus: ExitStatus.needsOperator,
					cause,
				});
			}
		});
	}

	#head(): AuditHead | null {
		const row = this.#database.prepare('SELECT sequence, hash FROM audit_head').get() as AuditHead | undefined;
		return row ? { ...row } : null;
	}
}
