import type { DatabaseSync } from 'node:sqlite';
import type { Journal, JournalEntry, PromotionDraft, PromotionRecord, Release, SlotName } from './journal.ts';
import type { PromotionState } from './machine.ts';

/** The tables of this journal; idempotent. */
export const journalTables = `
	CREATE TABLE IF NOT EXISTS release (number INTEGER PRIMARY KEY, snapshot TEXT NOT NULL, created TEXT NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS slot (
		name TEXT PRIMARY KEY,
		release INTEGER REFERENCES release (number),
		serving INTEGER NOT NULL DEFAULT 0
	) STRICT;
	INSERT OR IGNORE INTO slot (name) VALUES ('blue'), ('green');
	CREATE TABLE IF NOT EXISTS promotion (
		id INTEGER PRIMARY KEY,
		draft TEXT NOT NULL,
		state TEXT NOT NULL,
		finished INTEGER NOT NULL,
		by TEXT NOT NULL,
		started TEXT NOT NULL,
		ended TEXT
	) STRICT;
	CREATE TABLE IF NOT EXISTS entry (promotion INTEGER NOT NULL REFERENCES promotion (id), time TEXT NOT NULL, state TEXT NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS abort (
		promotion INTEGER PRIMARY KEY REFERENCES promotion (id),
		by TEXT NOT NULL,
		time TEXT NOT NULL
	) STRICT;`;

interface PromotionRow {
	id: number;
	draft: string;
	state: string;
	by: string;
	started: string;
	ended: string | null;
}

/** The journal of an environment on one host. */
export class SqliteJournal implements Journal {
	readonly #database: DatabaseSync;
	readonly #now: () => Date;

	constructor(database: DatabaseSync, now: () => Date) {
		this.#database = database;
		this.#now = now;
	}

	async createRelease(snapshot: string): Promise<Release> {
		const created = this.#time();
		const { lastInsertRowid } = this.#database.prepare('INSERT INTO release (snapshot, created) VALUES (?, ?)').run(snapshot, created);
		return { number: Number(lastInsertRowid), snapshot, created };
	}

	async release(number: number): Promise<Release | null> {
		const row = this.#database.prepare('SELECT number, snapshot, created FROM release WHERE number = ?').get(number);
		return row ? ({ ...row } as unknown as Release) : null;
	}

	async slots(): Promise<Record<SlotName, Release | null>> {
		const rows = this.#database.prepare('SELECT name, release FROM slot').all() as { name: SlotName; release: number | null }[];
		const slots: Record<SlotName, Release | null> = { blue: null, green: null };
		for (const { name, release } of rows) slots[name] = release === null ? null : await this.release(release);
		return slots;
	}

	async setSlot(slot: SlotName, release: Release | null): Promise<void> {
		this.#database.prepare('UPDATE slot SET release = ? WHERE name = ?').run(release?.number ?? null, slot);
	}

	async servingSlot(): Promise<SlotName | null> {
		const row = this.#database.prepare('SELECT name FROM slot WHERE serving = 1').get() as { name: SlotName } | undefined;
		return row?.name ?? null;
	}

	async setServingSlot(slot: SlotName | null): Promise<void> {
		this.#database.prepare('UPDATE slot SET serving = (name IS ?)').run(slot);
	}

	async begin(draft: PromotionDraft, by: string, state: PromotionState): Promise<PromotionRecord> {
		const started = this.#time();
		const { lastInsertRowid } = this.#database
			.prepare('INSERT INTO promotion (draft, state, finished, by, started) VALUES (?, ?, 0, ?, ?)')
			.run(JSON.stringify(draft), JSON.stringify(state), by, started);
		return { ...draft, id: Number(lastInsertRowid), state, by, started, ended: null };
	}

	async record(id: number, state: PromotionState, finished: boolean): Promise<void> {
		const text = JSON.stringify(state);
		const time = this.#time();
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const { changes } = this.#database
				.prepare('UPDATE promotion SET state = ?, finished = ?, ended = coalesce(ended, ?) WHERE id = ? AND finished <= ?')
				.run(text, finished ? 1 : 0, finished ? time : null, id, finished ? 1 : 0);
			if (changes === 0) throw new Error(`promotion ${id} has ended already: somebody else ended it`);
			this.#database.prepare('INSERT INTO entry (promotion, time, state) VALUES (?, ?, ?)').run(id, time, text);
			this.#database.exec('COMMIT');
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	async unfinished(): Promise<PromotionRecord | null> {
		const row = this.#database.prepare('SELECT * FROM promotion WHERE finished = 0 ORDER BY id DESC LIMIT 1').get();
		return row ? toRecord(row as unknown as PromotionRow) : null;
	}

	async promotion(id: number): Promise<PromotionRecord | null> {
		const row = this.#database.prepare('SELECT * FROM promotion WHERE id = ?').get(id);
		return row ? toRecord(row as unknown as PromotionRow) : null;
	}

	async entries(id: number): Promise<JournalEntry[]> {
		const rows = this.#database.prepare('SELECT time, state FROM entry WHERE promotion = ? ORDER BY rowid').all(id);
		return (rows as { time: string; state: string }[]).map(({ time, state }) => ({ time, state: JSON.parse(state) as PromotionState }));
	}

	async askToAbort(id: number, by: string): Promise<void> {
		this.#database.prepare('INSERT OR IGNORE INTO abort (promotion, by, time) VALUES (?, ?, ?)').run(id, by, this.#time());
	}

	async abortAskedBy(id: number): Promise<string | null> {
		const row = this.#database.prepare('SELECT by FROM abort WHERE promotion = ?').get(id) as { by: string } | undefined;
		return row?.by ?? null;
	}

	async history(limit: number): Promise<PromotionRecord[]> {
		const rows = this.#database.prepare('SELECT * FROM promotion ORDER BY id DESC LIMIT ?').all(limit);
		return rows.map((row) => toRecord(row as unknown as PromotionRow));
	}

	#time(): string {
		return this.#now().toISOString();
	}
}

function toRecord(row: PromotionRow): PromotionRecord {
	const { id, by, started, ended } = row;
	return { ...(JSON.parse(row.draft) as PromotionDraft), id, state: JSON.parse(row.state) as PromotionState, by, started, ended };
}
