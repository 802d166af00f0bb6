import { explainActs } from '../../src/lib/promotion/explain.ts';
import type { Journal, PromotionRecord } from '../../src/lib/promotion/journal.ts';
import type { PromotionEvent } from '../../src/lib/promotion/machine.ts';
import { initialState, isFinished, transition } from '../../src/lib/promotion/machine.ts';
import type { Opened, OpenStore } from './opened-store.ts';

/** What every journal does, wherever it is kept. */
export function describeJournal(name: string, open: OpenStore<Journal>): void {
	describe(name, () => {
		let now: number;
		let opened: Opened<Journal>;
		let journal: Journal;
		let promotion: PromotionRecord;
		beforeEach(async () => {
			now = Date.parse('2026-01-01T00:00:00.000Z');
			opened = await open(() => {
				now += 10;
				return new Date(now);
			});
			journal = opened.store;
			const release = await journal.createRelease('a'.repeat(64));
			promotion = await journal.begin(
				{ kind: 'promote', strategy: 'first', from: null, to: { slot: 'blue', release } },
				'me',
				initialState,
			);
		});
		afterEach(() => opened.close());

		async function write(...events: PromotionEvent[]): Promise<void> {
			let { state } = (await journal.promotion(promotion.id)) as PromotionRecord;
			for (const event of events) {
				state = transition(state, event);
				await journal.record(promotion.id, state, isFinished(state));
			}
		}
		const acts = async () =>
			explainActs(await journal.entries(promotion.id)).map(({ act, outcome, cause, by }) =>
				[act, outcome, cause, by].filter(Boolean).join(' '),
			);

		it('tells what a promotion did, how long it took and why it failed', async () => {
			await write({ event: 'begin', step: 'prepare' }, { event: 'done', step: 'prepare' }, { event: 'begin', step: 'validate' });
			expect(await acts()).toEqual(['prepare done', 'validate under way']);
			expect(explainActs(await journal.entries(promotion.id))[0]).toMatchObject({ began: '2026-01-01T00:00:00.030Z', durationMs: 10 });
			await write({ event: 'failed', step: 'validate', cause: 'a type is missing' }, { event: 'compensated', compensation: 'discard' });
			expect(await acts()).toEqual(['prepare done', 'validate failed a type is missing', 'discard done']);
			expect(await journal.promotion(promotion.id)).toMatchObject({ state: { kind: 'rolled back' }, ended: expect.any(String) });
			expect(await journal.unfinished()).toBeNull();
		});

		it('tells where it was interrupted, and who ended it', async () => {
			await write({ event: 'begin', step: 'prepare' }, { event: 'taken over', by: 'another' });
			await write(
				{ event: 'not compensated', compensation: 'discard', reason: 'the disk is full' },
				{ event: 'taken over', by: 'a third' },
			);
			await write({ event: 'compensated', compensation: 'discard' });
			expect(await acts()).toEqual([
				'prepare interrupted',
				"discard failed 'discard' failed: the disk is full another",
				'discard done a third',
			]);
		});

		it('tells of a pause, and keeps it as unfinished', async () => {
			await write({ event: 'begin', step: 'prepare' }, { event: 'done', step: 'prepare' });
			await write({ event: 'begin', step: 'validate' }, { event: 'done', step: 'validate' }, { event: 'pause' });
			expect(await acts()).toEqual(['prepare done', 'validate done', 'pause under way']);
			expect(await journal.unfinished()).toMatchObject({ id: promotion.id, state: { kind: 'paused' } });
			await write({ event: 'continue', standing: true, by: 'you' }, { event: 'begin', step: 'validate' });
			expect(await acts()).toEqual(['prepare done', 'validate done', 'pause done', 'validate under way you']);
		});

		it('lets nobody go on with what somebody else has ended', async () => {
			const begun = transition(initialState, { event: 'begin', step: 'prepare' });
			await journal.record(promotion.id, begun, false);
			await write({ event: 'taken over', by: 'another' }, { event: 'compensated', compensation: 'discard' });
			const woken = journal.record(promotion.id, transition(begun, { event: 'done', step: 'prepare' }), false);
			await expect(woken).rejects.toThrow('somebody else ended it');
			expect(await journal.promotion(promotion.id)).toMatchObject({ state: { kind: 'rolled back' } });
			expect(await journal.entries(promotion.id)).toHaveLength(3);
		});

		it('remembers who first asked for an abort', async () => {
			expect(await journal.abortAskedBy(promotion.id)).toBeNull();
			await journal.askToAbort(promotion.id, 'you');
			await journal.askToAbort(promotion.id, 'somebody else');
			expect(await journal.abortAskedBy(promotion.id)).toBe('you');
			expect(await journal.abortAskedBy(promotion.id + 1)).toBeNull();
		});

		it('numbers releases, and holds them in slots', async () => {
			expect(await journal.slots()).toEqual({ blue: null, green: null });
			const second = await journal.createRelease('b'.repeat(64));
			expect(second).toEqual({ number: 2, snapshot: 'b'.repeat(64), created: expect.any(String) });
			await journal.setSlot('green', second);
			expect(await journal.slots()).toEqual({ blue: null, green: second });
			expect(await journal.release(2)).toEqual(second);
			expect(await journal.release(3)).toBeNull();
			await journal.setSlot('green', null);
			expect(await journal.slots()).toEqual({ blue: null, green: null });
			await expect(journal.setSlot('blue', { ...second, number: 9 })).rejects.toThrow();
		});

		it('knows the slot that serves', async () => {
			expect(await journal.servingSlot()).toBeNull();
			await journal.setServingSlot('blue');
			await journal.setServingSlot('green');
			expect(await journal.servingSlot()).toBe('green');
			await journal.setServingSlot(null);
			expect(await journal.servingSlot()).toBeNull();
		});

		it('has its history, the latest first', async () => {
			const release = await journal.createRelease('b'.repeat(64));
			const from = { slot: 'blue' as const, release: promotion.to.release };
			const draft = { kind: 'promote' as const, strategy: 'gated' as const, from, to: { slot: 'green' as const, release } };
			const second = await journal.begin(draft, 'you', initialState);
			expect(second).toEqual({ ...draft, id: 2, state: initialState, by: 'you', started: expect.any(String), ended: null });
			expect(await journal.history(9)).toEqual([second, promotion]);
			expect(await journal.history(1)).toEqual([second]);
			expect(await journal.promotion(3)).toBeNull();
			expect(await journal.entries(3)).toEqual([]);
			await expect(journal.record(3, initialState, false)).rejects.toThrow();
		});

		it('keeps when a promotion ended where what it brought is given up later', async () => {
			await journal.record(promotion.id, { kind: 'baking' }, true);
			const { ended } = (await journal.promotion(promotion.id)) as PromotionRecord;
			await journal.record(promotion.id, { kind: 'retired' }, true);
			expect(await journal.promotion(promotion.id)).toMatchObject({ state: { kind: 'retired' }, ended });
		});
	});
}
