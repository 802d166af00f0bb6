import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { PlanMemory } from './plan-memory.ts';

/** The tables of this memory; idempotent. */
export const planTables = `
	CREATE TABLE IF NOT EXISTS plan_key (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS promoted_with (release INTEGER PRIMARY KEY, configuration TEXT NOT NULL) STRICT;`;

/** The memory of an environment on one host. */
export class SqlitePlanMemory implements PlanMemory {
	readonly #database: DatabaseSync;

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	async key(): Promise<Uint8Array> {
		// Whoever comes first makes it, for all.
		this.#database.prepare('INSERT OR IGNORE INTO plan_key VALUES (1, ?)').run(randomBytes(32));
		return (this.#database.prepare('SELECT key FROM plan_key').get() as { key: Uint8Array }).key;
	}

	async remember(release: number, configuration: Record<string, string>): Promise<void> {
		this.#database.prepare('INSERT OR REPLACE INTO promoted_with VALUES (?, ?)').run(release, JSON.stringify(configuration));
	}

	async recall(release: number): Promise<Record<string, string> | null> {
		const row = this.#database.prepare('SELECT configuration FROM promoted_with WHERE release = ?').get(release);
		return row ? (JSON.parse(String(row.configuration)) as Record<string, string>) : null;
	}
}
