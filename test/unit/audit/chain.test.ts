import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStateDatabase } from '../../../src/lib/adapters/state-database.ts';
import type { AuditEntry, AuditHead } from '../../../src/lib/audit/audit-log.ts';
import { chain, verifyChain } from '../../../src/lib/audit/chain.ts';
import { auditTables, SqliteAuditLog } from '../../../src/lib/audit/sqlite-audit-log.ts';
import { draft, joe } from '../../support/audit-drafts.ts';
import { describeAuditLog } from '../../support/audit-log-contract.ts';
import { overPipe } from '../../support/keeper-pipe.ts';

function logOf(length: number): { entries: AuditEntry[]; head: AuditHead | null } {
	const entries: AuditEntry[] = [];
	for (let index = 0; index < length; index++)
		entries.push(
			chain(draft({ subject: { ...draft().subject, release: index } }), `2026-01-01T00:00:0${index}.000Z`, entries.at(-1) ?? null),
		);
	return { entries, head: entries.at(-1) ?? null };
}

describe('the chain of the audit', () => {
	it('is whole as it was written, also through JSON and with keys in another order', () => {
		const { entries, head } = logOf(5);
		expect(verifyChain(entries, head)).toBeNull();
		expect(verifyChain([], null)).toBeNull();
		const reversed = entries.map((entry) => Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(entry))).reverse()) as never);
		expect(verifyChain(reversed, head)).toBeNull();
	});

	const { entries, head } = logOf(5);
	const without = (index: number) => entries.filter((_, at) => at !== index);
	const changed = entries.map((entry, at) => (at === 2 ? { ...entry, who: joe } : entry));
	const rewritten = entries.map((entry, at) => (at === 2 ? chain({ ...draft(), who: joe }, entry.time, entries[1] as AuditEntry) : entry));
	it.each<[string, AuditEntry[], AuditHead | null, number, string]>([
		['the first entry removed', without(0), head, 1, 'is missing'],
		['one in the middle removed', without(2), head, 3, 'is missing'],
		['the last removed', without(4), head, 5, 'the log ends with 4, and once had 5'],
		['all removed', [], head, 1, 'once had 5'],
		['one changed', changed, head, 3, 'was changed'],
		['one written anew, with a hash of its own', rewritten, head, 4, 'one of them was replaced'],
		['the last written anew', rewritten.slice(0, 3), entries[2] as AuditEntry, 3, 'is not the one that was written last'],
		['two exchanged', [1, 0, 2, 3, 4].map((at) => entries[at] as AuditEntry), head, 1, 'is missing'],
	])('shows %s', (_, found, noted, sequence, problem) => {
		const fault = verifyChain(found, noted);
		expect(fault?.sequence).toBe(sequence);
		expect(fault?.problem).toContain(problem);
	});

	it('does not show, and nothing says that it would, a log that was written anew from end to end', () => {
		const forged = logOf(3);
		expect(verifyChain(forged.entries, forged.head)).toBeNull();
	});
});

describe('the audit in SQLite', () => {
	let folder: string;
	const file = () => join(folder, 'state.db');
	const open = () => {
		const database = openStateDatabase(file(), auditTables);
		return { database, log: new SqliteAuditLog(database, () => new Date('2026-01-01T00:00:00Z')) };
	};
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-audit-'));
	});
	afterEach(() => rm(folder, { recursive: true }));

	it("is the same by a session of the environment's keeper", async () => {
		const { database, log } = open();
		const { keeper, close } = overPipe({ audit: log });
		await log.append(draft());
		await keeper.audit.append(draft());
		expect(await keeper.audit.read()).toEqual(await log.read());
		const { entries, head } = await keeper.audit.read();
		expect([entries.length, verifyChain(entries, head)]).toEqual([2, null]);
		close();
		database.close();
	});

	it('keeps entries over a close', async () => {
		const one = open();
		await one.log.append(draft());
		one.database.close();
		const two = open();
		await two.log.append(draft({ who: joe }));
		const { entries, head } = await two.log.read();
		expect([entries.length, verifyChain(entries, head)]).toEqual([2, null]);
		two.database.close();
	});

	it('is read as it was at one moment, although somebody writes meanwhile', async () => {
		const [one, other] = [open(), open()];
		await one.log.append(draft());
		const prepare = one.database.prepare.bind(one.database);
		one.database.prepare = (sql) => {
			if (sql.includes('FROM audit_head')) void other.log.append(draft({ who: joe }));
			return prepare(sql);
		};
		const { entries, head } = await one.log.read();
		expect(verifyChain(entries, head)).toBeNull();
		one.database.prepare = prepare;
		expect((await one.log.read()).entries).toHaveLength(2);
		one.database.close();
		other.database.close();
	});

	it('lets nobody change or remove an entry by the way', async () => {
		const { database, log } = open();
		await log.append(draft());
		expect(() => database.exec("UPDATE audit SET entry = '{}'")).toThrow('append-only');
		expect(() => database.exec('DELETE FROM audit')).toThrow('append-only');
		database.close();
	});

	it('shows what somebody did to the file who got around that', async () => {
		const { database, log } = open();
		for (let index = 0; index < 3; index++) await log.append(draft());
		database.close();
		const other = new DatabaseSync(file());
		other.exec(
			"DROP TRIGGER audit_keeps; DELETE FROM audit WHERE sequence = 2; DROP TRIGGER audit_stays; UPDATE audit SET entry = 'x' WHERE sequence = 3",
		);
		other.close();
		const again = open();
		await expect(again.log.read()).rejects.toMatchObject({ code: 'AUDIT_DAMAGED', exitStatus: 5 });
		again.database.close();
		const third = new DatabaseSync(file());
		third.exec('DROP TRIGGER IF EXISTS audit_keeps; DELETE FROM audit WHERE sequence = 3');
		third.close();
		const last = open();
		const { entries, head } = await last.log.read();
		expect(verifyChain(entries, head)).toMatchObject({
			sequence: 2,
			problem: expect.stringContaining('missing'),
		});
		last.database.close();
	});
});

describeAuditLog('the audit in SQLite, by several processes', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-audit-'));
	const databases: DatabaseSync[] = [];
	return {
		store: async () => {
			const database = openStateDatabase(join(folder, 'state.db'), auditTables);
			databases.push(database);
			return new SqliteAuditLog(database, () => new Date());
		},
		close: async () => {
			for (const database of databases) database.close();
			await rm(folder, { recursive: true });
		},
	};
});
