import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MonotonicClock } from '../../src/lib/adapters/clock.ts';
import { openStateDatabase } from '../../src/lib/adapters/state-database.ts';
import type { LeaseStore } from '../../src/lib/lease/lease.ts';
import { leaseTables, SqliteLeaseStore } from '../../src/lib/lease/sqlite-lease-store.ts';

/** What every lease store must do; `open` gives another client of the same store, as another process would have. */
interface Subject {
	name: string;
	create(clock: MonotonicClock): Promise<{ open(clock?: MonotonicClock): LeaseStore; remove(): Promise<void> }>;
}

const sqlite: Subject = {
	name: 'SQLite',
	create: async (clock) => {
		const directory = await mkdtemp(join(tmpdir(), 'flowferry-lease-'));
		return {
			open: (other = clock) => new SqliteLeaseStore(openStateDatabase(join(directory, 'state.db'), leaseTables), other),
			remove: () => rm(directory, { recursive: true }),
		};
	},
};

describe.each([sqlite])('lease store: $name', ({ create }) => {
	let now = 1000;
	const clock: MonotonicClock = { nowMs: () => now, bootId: 'boot-1' };
	const opened: LeaseStore[] = [];
	let subject: Awaited<ReturnType<Subject['create']>>;
	const open = (other?: MonotonicClock) => {
		const store = subject.open(other);
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

	it('takes no lease of before a reboot for a current one', async () => {
		await open().acquire('active', 'blue', 500);
		const rebooted: MonotonicClock = { nowMs: () => 10, bootId: 'boot-2' };
		expect(await open(rebooted).acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 2 });
	});

	it('takes no lease that lies too far ahead for a current one, where the boot id tells nothing', async () => {
		const before: MonotonicClock = { nowMs: () => 1_000_000, bootId: 'unknown' };
		await open(before).acquire('active', 'blue', 500);
		const after: MonotonicClock = { nowMs: () => 10, bootId: 'unknown' };
		expect(await open(after).acquire('active', 'green', 500)).toMatchObject({ granted: true });
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
});
