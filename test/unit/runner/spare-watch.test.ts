import { setTimeout as sleep } from 'node:timers/promises';
import type { FailoverStore, Intent, RoleChange } from '../../../src/lib/failover/failover-store.ts';
import type { LeaseRecord, LeaseStore } from '../../../src/lib/lease/lease.ts';
import type { Log } from '../../../src/runner/log.ts';
import { RoleBook } from '../../../src/runner/role-book.ts';
import type { Predecessor } from '../../../src/runner/spare-watch.ts';
import { SpareWatch } from '../../../src/runner/spare-watch.ts';
import { StoreSilent } from '../../../src/runner/store-silent.ts';

const quiet = { write: () => {} } as unknown as Log;
const clock = { nowMs: () => 5000, bootId: 'boot' };

async function until(happened: () => boolean): Promise<void> {
	const end = performance.now() + 20_000;
	while (!happened()) {
		if (performance.now() > end) throw new Error('it did not happen');
		await sleep(5);
	}
}

/** What the watch sees and does; each test has its own, for a watch goes on until the process ends. */
interface World {
	seats: LeaseRecord[];
	intent: Intent;
	stands: boolean;
	taken: (Predecessor | null)[];
	failing: number;
	looks: number;
	leavesMs: number;
	silent: boolean;
}

function watchOf(more: Partial<World> = {}): World {
	const world: World = {
		seats: [{ seat: 'active', holder: 'blue/0@7', token: 3, remainingMs: 800 }],
		intent: { servingSlot: 'blue', promotion: null, paused: null },
		stands: true,
		taken: [],
		failing: 0,
		looks: 0,
		leavesMs: 0,
		silent: false,
		...more,
	};
	const list = async () => {
		world.looks++;
		return world.seats;
	};
	const watch = new SpareWatch({
		slot: 'blue',
		seat: 'active',
		timing: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 },
		leases: { list } as unknown as LeaseStore,
		failover: { intent: async () => world.intent } as unknown as FailoverStore,
		clock,
		log: quiet,
		standsBy: () => world.stands,
		leavesMs: () => world.leavesMs,
		takeOver: async (predecessor) => {
			if (world.failing-- > 0) throw world.silent ? new StoreSilent('locked') : new Error('its flows do not start');
			world.taken.push(predecessor);
			world.stands = false;
		},
	});
	void watch.run();
	return world;
}

describe('the watch of a spare', () => {
	it('takes the seat once it is free, knowing who had it and until when', async () => {
		const world = watchOf();
		await until(() => world.looks > 2);
		expect(world.taken).toEqual([]);
		world.seats = [{ seat: 'other', holder: 'x', token: 1, remainingMs: 1 }];
		await until(() => world.taken.length > 0);
		expect(world.taken).toEqual([{ seat: 'active', holder: 'blue/0@7', token: 3, remainingMs: 800, lastSignMs: 4800 }]);
	});

	it('leaves a free seat alone while it is told to', async () => {
		const world = watchOf({ seats: [], intent: { servingSlot: 'green', promotion: null, paused: null } });
		await until(() => world.looks > 3);
		expect(world.taken).toEqual([]);
	});

	it('does not look while its instance does not stand by', async () => {
		const world = watchOf({ stands: false });
		await sleep(120);
		expect(world.looks).toBe(0);
	});

	it('leaves a free seat for a while to a spare that is nearer', async () => {
		const world = watchOf({ seats: [], leavesMs: 10_000 });
		await until(() => world.looks > 3);
		expect(world.taken).toEqual([]);
		world.leavesMs = 0;
		await until(() => world.taken.length > 0);
	});

	it('tries again at once where the store did not answer', async () => {
		const began = performance.now();
		const world = watchOf({ seats: [], failing: 5, silent: true });
		await until(() => world.taken.length > 0);
		// With a pause after each failure it would be more than ten seconds.
		expect(performance.now() - began).toBeLessThan(9000);
	});

	it('tries again where it failed, and leaves the next turn to others first', async () => {
		const began = performance.now();
		const world = watchOf({ seats: [], failing: 1 });
		await until(() => world.taken.length > 0);
		expect(performance.now() - began).toBeGreaterThan(450);
		expect(world.taken).toEqual([null]);
	});
});

describe('the book of roles', () => {
	let changes: RoleChange[];
	let told: unknown[];
	let book: RoleBook;
	const roles = { roleChanged: (...change: unknown[]) => void told.push(change) };
	beforeEach(() => {
		changes = [];
		told = [];
		const store = {
			record: async (change: RoleChange) => void changes.unshift(change),
			changes: async () => changes,
		} as unknown as FailoverStore;
		book = new RoleBook({ store, clock, log: quiet, roles, identity: { instance: 'blue/1', seat: 'active' } });
	});
	const predecessor = { holder: 'blue/0@7', token: 3, lastSignMs: 4000 };

	it('knows from the one before why it ended, and counts from then', async () => {
		changes = [{ instance: 'blue/0', role: 'standby', token: 3, atMs: 4900, cause: 'hung', detail: 'no sign of life' } as RoleChange];
		book.tookOver(4, predecessor);
		await until(() => changes.length === 2);
		expect(changes[0]).toMatchObject({ instance: 'blue/1', role: 'active', token: 4, cause: 'hung', before: 'blue/0', tookMs: 100 });
		expect(told).toEqual([['active', 'hung: no sign of life', 4]]);
	});

	it('calls one that said nothing silent, and counts from its last sign of life', async () => {
		book.tookOver(4, predecessor);
		await until(() => changes.length === 1);
		expect(changes[0]).toMatchObject({ cause: 'silent', before: 'blue/0', tookMs: 1000 });
	});

	it('knows why it had ended itself, also where the store did not answer then, and writes all down in order', async () => {
		let silent = true;
		const store = {
			record: async (change: RoleChange) => {
				if (silent) throw new Error('database is locked');
				changes.unshift(change);
			},
			changes: async () => changes,
		} as unknown as FailoverStore;
		book = new RoleBook({ store, clock, log: quiet, roles, identity: { instance: 'blue/0', seat: 'active' } });
		await book.ended(3, { cause: 'lease lost', detail: 'the store does not answer' });
		expect(changes).toEqual([]);
		silent = false;
		book.tookOver(4, predecessor);
		await until(() => changes.length === 2);
		expect(changes).toMatchObject([
			{ role: 'active', token: 4, cause: 'lease lost', before: 'blue/0' },
			{ role: 'standby', token: 3, cause: 'lease lost' },
		]);
	});

	it('writes an end down as soon as the store answers again, though nothing else happens', async () => {
		let failures = 2;
		const lines: string[] = [];
		const log = { write: (line: string) => void lines.push(line) } as unknown as Log;
		const record = async (change: RoleChange) => {
			if (failures-- > 0) throw new Error('database is locked');
			changes.unshift(change);
		};
		book = new RoleBook({
			store: { record } as unknown as FailoverStore,
			clock,
			log,
			roles,
			identity: { instance: 'blue/0', seat: 'active' },
		});
		await book.ended(3, { cause: 'lease lost', detail: '' });
		await until(() => changes.length === 1);
		expect(changes[0]).toMatchObject({ role: 'standby', token: 3 });
		expect(told).toHaveLength(1);
		expect(lines).toEqual(['no longer active', 'changes of role are not written down yet']);
	});

	it('a store that does not answer stops nothing', async () => {
		const broken = { record: () => Promise.reject(new Error('the disk is full')) } as unknown as FailoverStore;
		const lines: string[] = [];
		const log = { write: (line: string) => void lines.push(line) } as unknown as Log;
		await new RoleBook({ store: broken, clock, log, roles, identity: { instance: 'blue/1', seat: 'active' } }).ended(3, {
			cause: 'crashed',
			detail: '',
		});
		expect(lines).toContain('changes of role are not written down yet');
		expect(told).toEqual([['standby', 'crashed', 3]]);
	});
});
