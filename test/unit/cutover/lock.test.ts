import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquirePromotionLock } from '../../../src/lib/cutover/lock.ts';
import { leaseTables, SqliteLeaseStore } from '../../../src/lib/lease/sqlite-lease-store.ts';

describe("the environment's lock", () => {
	let now: number;
	let store: SqliteLeaseStore;
	const clock = { nowMs: () => now, bootId: 'x' };
	beforeEach(() => {
		now = 1000;
		const database = new DatabaseSync(':memory:');
		database.exec(leaseTables);
		store = new SqliteLeaseStore(database, clock);
	});
	afterEach(() => store.close());

	it('is held until it is released', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		expect([lock.lost(), await lock.superseded()]).toEqual([null, false]);
		await lock.release();
		expect(await store.list()).toEqual([]);
	});

	it('is lost by whoever was frozen, before any timer of his says so', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		now += 3500;
		expect(lock.lost()).toBe("the environment's lock was lost");
		await lock.release();
	});

	it('is got back where nobody had it meanwhile: going back is still his', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		now += 10_000;
		expect(await lock.superseded()).toBe(false);
		expect(lock.lost()).not.toBeNull();
		await lock.release();
	});

	it('is superseded while somebody else has it', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		now += 10_000;
		const other = await acquirePromotionLock(store, clock, 'b');
		expect(await lock.superseded()).toBe(true);
		expect(await other.superseded()).toBe(false);
		await other.release();
	});

	it('is superseded also where somebody else had it and has finished', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		now += 10_000;
		await (await acquirePromotionLock(store, clock, 'b')).release();
		expect(await lock.superseded()).toBe(true);
		expect(await store.list()).toEqual([]);
	});

	it('is refused while its holder renews it, with his name', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		const renewing = setInterval(() => (now += 100), 100);
		await expect(acquirePromotionLock(store, clock, 'b')).rejects.toMatchObject({ code: 'LOCKED', message: expect.stringMatching(/^a /) });
		clearInterval(renewing);
		await lock.release();
		await sleep(0);
	});

	it("is waited for and recovered where its holder is dead: nobody's renewals, and the time goes on", async () => {
		await store.acquire('promotion', 'the dead', 4000);
		const passing = setInterval(() => (now += 1000), 20);
		const lock = await acquirePromotionLock(store, clock, 'b');
		clearInterval(passing);
		expect(now).toBeGreaterThanOrEqual(1000 + 4000);
		expect((await store.list()).map(({ holder }) => holder)).toEqual(['b']);
		await lock.release();
	});

	it('is waited for, where that is asked, until its living holder is done', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a');
		const renewing = setInterval(() => (now += 100), 100);
		const waiting = acquirePromotionLock(store, clock, 'b', { waitMs: 20_000 });
		await sleep(1500); // longer than without being asked
		expect((await store.list()).map(({ holder }) => holder)).toEqual(['a']);
		await lock.release();
		await (await waiting).release();
		clearInterval(renewing);
	});

	it('outlives its holder for as long as it is told', async () => {
		const lock = await acquirePromotionLock(store, clock, 'a', { ttlMs: 1000 });
		expect((await store.list())[0]?.remainingMs).toBe(1000);
		await lock.release();
	});
});
