import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { type MonotonicClock, systemClock } from '../../src/lib/adapters/clock.ts';
import type { LeaseStore } from '../../src/lib/lease/lease.ts';
import { LeaseKeeper } from '../../src/lib/lease/lease-keeper.ts';
import type { Contention } from './lease-store-process.ts';

/** A kind of store. */
export interface LeaseStoreKind {
	name: string;
	/** So long a client waits for a store that does not answer, where that is soon; longer than an answer takes on a busy machine. */
	briefMs: number;
	/** So long processes contend, to get several turns each. */
	contendMs: number;
	/** One that nobody has used, with the seats `active`, `active/0` and `active/1`. */
	create(clock: MonotonicClock): Promise<LeaseStoreBed>;
}

export interface LeaseStoreBed {
	/** Another client, as another process would have it, which waits so long at most for a store that does not answer. */
	open(clock?: MonotonicClock, busyMs?: number): LeaseStore;
	/** A process of its own that contends for the seat `active`. */
	contend(holder: string, other: string, forMs: number): Promise<Contention>;
	/** From when this resolves the store answers nobody, for so long, or until the process is killed. What waits meanwhile and gives up has not happened. */
	stall(forMs: number): Promise<{ over: Promise<unknown>; kill(): void }>;
	remove(): Promise<void>;
}

/** What every lease store must do. */
export function describeLeaseStore({ name, briefMs, contendMs, create }: LeaseStoreKind): void {
	describe(`lease store: ${name}`, () => {
		let now = 1000;
		const clock: MonotonicClock = { nowMs: () => now, bootId: 'boot-1' };
		const opened: LeaseStore[] = [];
		let subject: LeaseStoreBed;
		const open = (other?: MonotonicClock, busyMs?: number) => {
			const store = subject.open(other, busyMs);
			opened.push(store);
			return store;
		};

		beforeEach(async () => {
			now = 1000;
			subject = await create(clock);
		});
		afterEach(async () => {
			for (const store of opened.splice(0)) store.close();
			await subject.remove();
		});

		it('grants a free seat to one and refuses the other, naming the holder', async () => {
			const [a, b] = [open(), open()];
			expect(await a.acquire('active', 'blue', 500)).toEqual({ granted: true, seat: 'active', holder: 'blue', token: 1 });
			expect(await b.acquire('active', 'green', 500)).toEqual({ granted: false, seat: 'active', heldBy: 'blue', remainingMs: 500 });
		});

		it('gives the holder its own lease again, with the same token', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			expect(await store.acquire('active', 'blue', 500)).toMatchObject({ granted: true, token: 1 });
		});

		it('grants to somebody else only when the lease has ended, with a higher token', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			now += 499;
			expect(await store.acquire('active', 'green', 500)).toMatchObject({ granted: false });
			now += 1;
			expect(await store.acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 2 });
		});

		it('refuses a renewal that comes too late, even where nobody else has taken the seat', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			now += 300;
			expect(await store.renew('active', 'blue', 1, 500)).toMatchObject({ granted: true });
			now += 500;
			expect(await store.renew('active', 'blue', 1, 500)).toEqual({ granted: false, seat: 'active' });
		});

		it('refuses a renewal with an old token', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			now += 600;
			await store.acquire('active', 'green', 500);
			expect(await store.renew('active', 'blue', 1, 500)).toMatchObject({ granted: false, heldBy: 'green' });
		});

		it('hands over in one step: the giver has lost it, the taker has it with a higher token', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			expect(await store.handOver('active', 'blue', 1, 'green', 500)).toMatchObject({ granted: true, holder: 'green', token: 2 });
			expect(await store.renew('active', 'blue', 1, 500)).toMatchObject({ granted: false, heldBy: 'green' });
			expect(await store.acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 2 });
		});

		it('refuses a hand-over by whoever does not hold it', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			expect(await store.handOver('active', 'stranger', 1, 'green', 500)).toMatchObject({ granted: false, heldBy: 'blue' });
		});

		it('lets the next one in at once after a release, and never reuses a token', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			await store.release('active', 'blue', 1);
			expect(await store.list()).toEqual([]);
			expect(await store.acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 2 });
		});

		it('ignores a release with an old token', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			now += 600;
			await store.acquire('active', 'green', 500);
			await store.release('active', 'blue', 1);
			expect(await store.list()).toEqual([{ seat: 'active', holder: 'green', token: 2, remainingMs: 500 }]);
		});

		it('keeps seats apart', async () => {
			const store = open();
			await store.acquire('active/0', 'blue/0', 500);
			expect(await store.acquire('active/1', 'blue/1', 500)).toMatchObject({ granted: true, token: 1 });
		});

		it('remembers leases across a restart of the store', async () => {
			const before = open();
			await before.acquire('active', 'blue', 500);
			before.close();
			opened.splice(0);
			expect(await open().acquire('active', 'green', 500)).toMatchObject({ granted: false, heldBy: 'blue' });
		});

		it('has one holder at most, whoever contends', async () => {
			const stores = Array.from({ length: 4 }, () => open());
			let token = 0;
			for (let round = 0; round < 50; round++) {
				const answers = await Promise.all(stores.map((store, index) => store.acquire('active', `holder-${index}`, 10)));
				const granted = answers.filter((answer) => answer.granted);
				expect(granted).toHaveLength(1);
				expect(granted[0]?.granted === true && granted[0].token).toBeGreaterThan(token);
				token = granted[0]?.granted === true ? granted[0].token : token;
				now += 10;
			}
		});

		it('has one holder at most, whoever contends in processes of their own, and never gives a token twice', async () => {
			open();
			const contenders = await Promise.all([subject.contend('blue', 'green', contendMs), subject.contend('green', 'blue', contendMs)]);
			expect(contenders.map(({ overlaps }) => overlaps)).toEqual([0, 0]);
			const all = contenders.flatMap(({ tokens }) => tokens);
			expect(new Set(all).size).toBe(all.length);
			for (const { tokens } of contenders) {
				expect(tokens.length).toBeGreaterThan(2);
				expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
			}
		});

		it('counts by a clock that nobody can set, whatever the wall clock says', async () => {
			const store = open(systemClock());
			await store.acquire('active', 'blue', 60_000);
			const wallClock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
			expect(await store.acquire('active', 'green', 60_000)).toMatchObject({ granted: false, heldBy: 'blue' });
			wallClock.mockRestore();
		});

		it('outlasts its holder, who is somebody else when it starts again', async () => {
			await open().acquire('active', 'blue@1', 500);
			const second = open();
			expect(await second.acquire('active', 'blue@2', 500)).toMatchObject({ granted: false, heldBy: 'blue@1' });
			now += 500;
			expect(await second.acquire('active', 'blue@2', 500)).toMatchObject({ granted: true, token: 2 });
			expect(await open().renew('active', 'blue@1', 1, 500)).toMatchObject({ granted: false, heldBy: 'blue@2' });
		});

		it('goes on with its tokens where it was, when all clients are gone and come again', async () => {
			const before = open();
			await before.acquire('active', 'blue', 500);
			await before.release('active', 'blue', 1);
			before.close();
			opened.splice(0);
			expect(await open().acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 2 });
		});

		it('slow: a renewal that is carried out after the end of the lease is refused', async () => {
			const store = open(systemClock(), 10_000);
			await store.acquire('active', 'blue', 300);
			const { over } = await subject.stall(600);
			expect(await store.renew('active', 'blue', 1, 300)).toEqual({ granted: false, seat: 'active' });
			await over;
		});

		it('slow: what is answered after the deadline extends nothing', async () => {
			const store = open(systemClock(), 10_000);
			const extended: number[] = [];
			const lost: string[] = [];
			const keeper = new LeaseKeeper({
				store,
				clock: systemClock(),
				seat: 'active',
				holder: 'blue',
				timing: { ttlMs: 5000, renewDeadlineMs: 400, retryMs: 50 },
				events: { extended: (untilMs) => extended.push(untilMs), lost: (reason) => lost.push(reason) },
			});
			await keeper.acquire();
			const stall = await subject.stall(1000);
			const before = extended.length;
			const asked = performance.now();
			while (lost.length === 0 && performance.now() < asked + 5000) await sleep(20);
			expect(lost).toHaveLength(1);
			// Granted by the store, since the lease had not ended: but counted from when it was asked for.
			for (const untilMs of extended.slice(before)) expect(untilMs).toBeLessThan(systemClock().nowMs());
			expect(keeper.held).toBe(false);
			await stall.over;
		});

		it('does not answer: nobody gets anything, and the lease ends', async () => {
			const [holder, other] = [open(systemClock(), briefMs), open(systemClock(), briefMs)];
			await holder.acquire('active', 'blue', 1500);
			expect(await other.acquire('active', 'green', 1500)).toMatchObject({ granted: false, heldBy: 'blue' });
			const { over } = await subject.stall(2500 + 2 * briefMs);
			for (const end = performance.now() + 400; performance.now() < end; await sleep(50)) {
				await expect(holder.renew('active', 'blue', 1, 1500)).rejects.toThrow();
				await expect(other.acquire('active', 'green', 1500)).rejects.toThrow();
			}
			await over;
			expect(await holder.renew('active', 'blue', 1, 1500)).toMatchObject({ granted: false });
			expect(await other.acquire('active', 'green', 1500)).toMatchObject({ granted: true, token: 2 });
		});

		it('comes back in time: the lease goes on', async () => {
			const store = open(systemClock(), briefMs);
			await store.acquire('active', 'blue', 10_000);
			const { over } = await subject.stall(1500 + briefMs);
			await expect(store.renew('active', 'blue', 1, 10_000)).rejects.toThrow();
			await over;
			expect(await store.renew('active', 'blue', 1, 10_000)).toMatchObject({ granted: true, token: 1 });
		});

		it('answers at once when a client is killed in the middle of a change, which has not happened', async () => {
			const store = open(systemClock());
			await store.acquire('active', 'blue', 10_000);
			const { over, kill } = await subject.stall(60_000);
			kill();
			await over;
			expect(await store.renew('active', 'blue', 1, 10_000)).toMatchObject({ granted: true, token: 1 });
		});
	});
}
