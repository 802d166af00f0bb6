import type { FailoverPause, FailoverStore, RoleChange } from '../../src/lib/failover/failover-store.ts';
import type { Journal } from '../../src/lib/promotion/journal.ts';
import { initialState } from '../../src/lib/promotion/machine.ts';
import type { Opened, OpenStore } from './opened-store.ts';

/** A store with the journal beside it; it has the seats `active`, `active/0` and `active/1`. */
export interface FailoverBed {
	failover: FailoverStore;
	journal: Journal;
}

export const roleChange = (token: number, more: Partial<RoleChange> = {}): RoleChange => ({
	at: new Date(Date.parse('2026-01-01T12:00:00Z') + token * 1000).toISOString(),
	atMs: token * 1000,
	seat: 'active',
	token,
	instance: 'blue/0',
	role: 'active',
	cause: 'crashed',
	detail: 'ended by SIGKILL',
	before: 'blue/1',
	tookMs: 120,
	...more,
});

/** What every failover store does, wherever it is kept. */
export function describeFailoverStore(name: string, open: OpenStore<FailoverBed>): void {
	describe(name, () => {
		let now: Date;
		let opened: Opened<FailoverBed>;
		let journal: Journal;
		let store: FailoverStore;
		beforeEach(async () => {
			now = new Date('2026-01-01T12:00:00Z');
			opened = await open(() => now);
			({ journal, failover: store } = opened.store);
		});
		afterEach(() => opened.close());

		const pause = (more: Partial<FailoverPause> = {}): FailoverPause => ({
			by: 'ann@host',
			since: now.toISOString(),
			until: null,
			reason: 'asked',
			...more,
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

		it('gives back no pause whose time is over', async () => {
			await store.pause(pause({ until: '2026-01-01T12:00:10.000Z' }));
			now = new Date('2026-01-01T12:00:11Z');
			expect(await store.resume()).toBeNull();
		});

		it('keeps the changes of roles, of all seats, the latest first', async () => {
			expect(await store.changes(5)).toEqual([]);
			const changes = ['active', 'active/1', 'active/0', 'active', 'active/1'].map((seat, token) => roleChange(token, { seat }));
			for (const change of changes) await store.record(change);
			expect(await store.changes(100)).toEqual(changes.toReversed());
			expect(await store.changes(2)).toEqual([changes[4], changes[3]]);
		});

		it('keeps what is known in words as it was said', async () => {
			const details = ['ended by <SIGKILL> & "more"', 'Zeile 1\nZeile 2\t\u2028\u0007\u007f', '\\u003c schön \u{1f6a2} \ud800'];
			const changes = details.map((detail, token) => roleChange(token, { detail }));
			for (const change of changes) await store.record(change);
			expect((await store.changes(9)).map(({ detail }) => detail)).toEqual(details.toReversed());
		});
	});
}
