import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateDatabase } from '../../../src/lib/adapters/state-database.ts';
import type { FailoverPause, FailoverStore, RoleChange } from '../../../src/lib/failover/failover-store.ts';
import { failoverTables, SqliteFailoverStore } from '../../../src/lib/failover/sqlite-failover-store.ts';
import { initialState } from '../../../src/lib/promotion/machine.ts';
import { journalTables, SqliteJournal } from '../../../src/lib/promotion/sqlite-journal.ts';
import { overPipe } from '../../support/keeper-pipe.ts';

describe.each(['here', 'by a session of the keeper'])('what the instances of an environment share, %s', (where) => {
	let now = new Date('2026-01-01T12:00:00Z');
	let folder: string;
	let database: ReturnType<typeof openStateDatabase>;
	let journal: SqliteJournal;
	let store: FailoverStore;
	beforeEach(() => {
		now = new Date('2026-01-01T12:00:00Z');
		folder = mkdtempSync(join(tmpdir(), 'flowferry-failover-'));
		database = openStateDatabase(join(folder, 'state.db'), journalTables + failoverTables);
		journal = new SqliteJournal(database, () => now);
		const local = new SqliteFailoverStore(database, journal, () => now);
		store = where === 'here' ? local : overPipe({ failover: local }).keeper.failover;
	});
	afterEach(() => {
		database.close();
		rmSync(folder, { recursive: true });
	});

	const pause = (more: Partial<FailoverPause> = {}): FailoverPause => ({
		by: 'ann@host',
		since: now.toISOString(),
		until: null,
		reason: 'asked',
		...more,
	});
	const change = (token: number): RoleChange => ({
		at: now.toISOString(),
		atMs: token * 1000,
		seat: 'active',
		token,
		instance: 'blue/0',
		role: 'active',
		cause: 'crashed',
		detail: 'ended by SIGKILL',
		before: 'blue/1',
		tookMs: 120,
	});

	it('tells what the journal says of the serving slot and of a promotion under way', async () => {
		expect(await store.intent()).toEqual({ servingSlot: null, promotion: null, paused: null });
		await journal.setServingSlot('blue');
		const release = await journal.createRelease('a'.repeat(64));
		await journal.begin({ kind: 'promote', strategy: 'first', from: null, to: { slot: 'green', release } }, 'ann', initialState);
		expect(await store.intent()).toEqual({ servingSlot: 'blue', promotion: initialState, paused: null });
	});

	it('remembers a pause until somebody ends it', async () => {
		await store.pause(pause());
		expect((await store.intent()).paused).toEqual(pause());
		expect(await store.resume()).toEqual(pause());
		expect((await store.intent()).paused).toBeNull();
		expect(await store.resume()).toBeNull();
	});

	it('ends a pause by itself when its time is over', async () => {
		await store.pause(pause({ until: '2026-01-01T12:00:10.000Z' }));
		expect((await store.intent()).paused).not.toBeNull();
		now = new Date('2026-01-01T12:00:10Z');
		expect((await store.intent()).paused).toBeNull();
	});

	it('keeps the changes of roles, the latest first, and not for ever', async () => {
		for (let token = 1; token <= 3; token++) await store.record(change(token));
		expect(await store.changes(2)).toEqual([change(3), change(2)]);
		database.exec("INSERT INTO role_change (id, change) VALUES (10003, '{}')");
		await store.record(change(4));
		expect((await store.changes(100)).map(({ token }) => token)).not.toContain(3);
	});
});
