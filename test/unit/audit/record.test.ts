import { DatabaseSync } from 'node:sqlite';
import { type Recording, recorded, refusalsRecorded, settle } from '../../../src/lib/audit/record.ts';
import { auditTables, SqliteAuditLog } from '../../../src/lib/audit/sqlite-audit-log.ts';
import { ExitStatus } from '../../../src/lib/errors/exit-status.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import { initialState } from '../../../src/lib/promotion/machine.ts';
import { journalTables, SqliteJournal } from '../../../src/lib/promotion/sqlite-journal.ts';
import { draft, jane, joe } from '../../support/audit-drafts.ts';

const { event: _, ...act } = draft();

function open() {
	const database = new DatabaseSync(':memory:');
	database.exec(auditTables + journalTables);
	const notes: string[] = [];
	let ms = 0;
	const now = () => new Date(ms++);
	const recording: Recording = {
		audit: new SqliteAuditLog(database, now),
		redact: (text) => text.replaceAll('s3cret', '***'),
		note: (message) => notes.push(message),
	};
	const events = async () => (await recording.audit.read()).entries.map(({ event }) => event);
	return { database, recording, notes, events, journal: new SqliteJournal(database, now) };
}

describe('what is recorded', () => {
	it('has an end with the release that came of it', async () => {
		const { recording, events } = open();
		expect(await recorded(recording, act, async () => ({ outcome: 'promoted', release: 3 }))).toEqual({ outcome: 'promoted', release: 3 });
		expect(await events()).toEqual([{ kind: 'begun' }, { kind: 'ended', begun: 1, outcome: 'done', code: null, reason: null }]);
		expect((await recording.audit.read()).entries[1]?.subject).toEqual({ ...act.subject, release: 3 });
	});

	it.each([
		[ExitStatus.rolledBack, 'rolled back'],
		[ExitStatus.needsOperator, 'needs operator'],
		[ExitStatus.usage, 'failed'],
	])('has an end with why it failed, without secrets: exit status %i', async (exitStatus, outcome) => {
		const { recording, events } = open();
		const error = new FlowferryError({ code: 'X', message: 'it had s3cret', exitStatus });
		await expect(recorded(recording, act, async () => Promise.reject(error))).rejects.toBe(error);
		expect((await events())[1]).toEqual({ kind: 'ended', begun: 1, outcome, code: 'X', reason: 'it had ***' });
	});

	it('waits where it was paused', async () => {
		const { recording, events } = open();
		await recorded(recording, act, async () => ({ outcome: 'paused' }));
		expect((await events())[1]).toMatchObject({ outcome: 'paused' });
	});

	it('stays done where its end cannot be written, and somebody is told', async () => {
		const { recording, notes, database } = open();
		await expect(recorded(recording, act, async () => database.close())).resolves.toBeUndefined();
		expect(notes).toEqual([expect.stringContaining('could not be written into the audit')]);
	});

	it('is not begun where its beginning cannot be written', async () => {
		const { recording, database } = open();
		database.close();
		let began = false;
		await expect(recorded(recording, act, async () => (began = true))).rejects.toThrow();
		expect(began).toBe(false);
	});

	it.each(['NOT_ALLOWED', 'WINDOW_CLOSED', 'APPROVAL_MISSING', 'STAGE_SKIPPED', 'PLAN_STALE'])('is a refusal: %s', async (code) => {
		const { recording, events } = open();
		const error = new FlowferryError({ code, message: 'no s3cret' });
		await expect(refusalsRecorded(recording, act, async () => Promise.reject(error))).rejects.toBe(error);
		expect(await events()).toEqual([{ kind: 'refused', code, reason: 'no ***' }]);
	});

	it('is nothing where something else was wrong', async () => {
		const { recording, events } = open();
		await expect(refusalsRecorded(recording, act, async () => Promise.reject(new Error('x')))).rejects.toThrow('x');
		expect(await events()).toEqual([]);
	});
});

/** On the host of jane's process, which still runs. */
const onlooker = { operator: 'ann@pc (pid 3)', now: new Date(0), isAlive: (pid: number) => pid === 1 };

describe('what a killed command began', () => {
	const release = { number: 4, snapshot: 'a', created: 't' };
	const promotion = { kind: 'promote' as const, strategy: 'first' as const, from: null, to: { slot: 'blue' as const, release } };

	it('is ended once, by who recovers, as the journal has it; a drill that is under way is left alone', async () => {
		const { recording, events, journal } = open();
		await recording.audit.append(draft());
		await recording.audit.append(draft({ action: 'drill' }));
		const { id } = await journal.begin(promotion, jane.operator, initialState);
		await journal.record(id, { kind: 'rolled back', failed: 'drain', cause: 'it had s3cret' }, true);
		const own = await recording.audit.append(draft({ action: 'resume', who: joe }));
		await settle(recording, journal, own, onlooker);
		await settle(recording, journal, own, onlooker);
		expect((await events()).slice(3)).toEqual([
			{ kind: 'ended', begun: 1, outcome: 'rolled back', code: null, reason: `promotion ${id}: 'drain': it had ***` },
		]);
		expect((await recording.audit.read()).entries.at(-1)).toMatchObject({ action: 'promote', who: joe, subject: { release: 4 } });
	});

	it('is the promotion that it went on with, although somebody else had begun that', async () => {
		const { recording, journal } = open();
		const { id } = await journal.begin(promotion, joe.operator, initialState);
		await recording.audit.append(draft({ action: 'continue', subject: { ...draft().subject, release: 4 } }));
		await journal.record(id, { kind: 'rolled back', failed: 'hold', cause: 'x' }, true);
		// Somebody has gone back to the same release since.
		await journal.begin({ ...promotion, kind: 'rollback' }, joe.operator, initialState);
		await settle(recording, journal, await recording.audit.append(draft({ action: 'resume', who: joe })), onlooker);
		expect((await recording.audit.read()).entries.at(-1)).toMatchObject({
			action: 'continue',
			subject: { release: 4 },
			event: { begun: 1, outcome: 'rolled back', reason: `promotion ${id}: 'hold': x` },
		});
	});

	it('is none of the promotions that another process with the same id ran before, and keeps the release that it was about', async () => {
		const { recording, journal } = open();
		const { id } = await journal.begin(promotion, jane.operator, initialState);
		await journal.record(id, { kind: 'baking' }, true);
		await recording.audit.append(draft({ action: 'rollback', subject: { ...draft().subject, release: 2 } }));
		await settle(recording, journal, await recording.audit.append(draft({ action: 'resume', who: joe })), onlooker);
		expect((await recording.audit.read()).entries.at(-1)).toMatchObject({
			subject: { release: 2 },
			event: { begun: 1, outcome: 'interrupted' },
		});
	});

	it('has one end where it was not killed, but slept past its lock', async () => {
		const { recording, events, journal } = open();
		const woken = recorded(recording, act, async () => {
			const own = await recording.audit.append(draft({ action: 'resume', who: joe }));
			await settle(recording, journal, own, onlooker);
			throw new FlowferryError({ code: 'LOCK_LOST', message: 'x' });
		});
		await expect(woken).rejects.toMatchObject({ code: 'LOCK_LOST' });
		expect((await events()).filter((event) => event.kind === 'ended')).toMatchObject([{ begun: 1, outcome: 'interrupted' }]);
	});

	it('keeps nobody from recovering where the audit cannot be read', async () => {
		const { recording, notes, journal, database } = open();
		const own = await recording.audit.append(draft());
		database.exec("DROP TRIGGER audit_stays; UPDATE audit SET entry = 'x'");
		await expect(settle(recording, journal, own, onlooker)).resolves.toBeUndefined();
		expect(notes).toEqual([expect.stringContaining('could not be written into the audit')]);
	});
});
