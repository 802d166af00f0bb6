import { setTimeout as sleep } from 'node:timers/promises';
import { LeaseGuard, standingOf } from '../../../src/agent/lease-guard.ts';
import { monotonicMs } from '../../../src/agent/time.ts';

/** A guard of a process that remembers its end, with a wall clock that can be set. */
function guarded() {
	const ends: number[] = [];
	let aheadMs = 1_000_000;
	const clocks = { monotonicMs, wallMs: () => monotonicMs() + aheadMs };
	const guard = new LeaseGuard(() => ends.push(monotonicMs()), clocks);
	return {
		guard,
		ends,
		/** A grant that is asked for now. */
		grant: (forMs: number) => guard.take({ leaseUntilMs: monotonicMs() + forMs, wallOffsetMs: aheadMs }),
		setWallClock: (byMs: number) => {
			aheadMs += byMs;
		},
	};
}

/** The event loop stands still. */
function block(ms: number): void {
	for (const end = performance.now() + ms; performance.now() < end; );
}

describe('what a lease allows at a message', () => {
	const lease = { leaseUntilMs: 2000, wallOffsetMs: 50_000 };
	it.each([
		['before its end', 1999, 51_999, 'stands'],
		['at its end', 2000, 52_000, 'ended'],
		['where the wall clock was adjusted', 1500, 51_900, 'stands'],
		['where it went on while the monotonic clock stood', 1500, 52_600, 'jumped'],
		['where it was set back', 1500, 50_900, 'jumped'],
		['where it went on, and the lease ended', 2500, 60_000, 'ended'],
	])('%s', (_when, monotonic, wall, standing) => {
		expect(standingOf(lease, monotonic, wall)).toBe(standing);
	});

	it('without one: nothing is held back, for the flows are stopped or gated', () => {
		expect(standingOf({ leaseUntilMs: null }, 1, 1)).toBe('stands');
	});

	it('from a runner that tells no offset: its end alone counts', () => {
		expect(standingOf({ leaseUntilMs: 2000 }, 1999, 9_999_999)).toBe('stands');
	});
});

describe('the guard in the agent', () => {
	it('lets messages through at once while the lease stands', () => {
		const { guard, grant } = guarded();
		expect(guard.isHeld).toBe(false);
		grant(1000);
		expect([guard.isHeld, guard.confirm()]).toEqual([true, undefined]);
		guard.take({ leaseUntilMs: null });
		expect([guard.isHeld, guard.confirm()]).toEqual([false, undefined]);
	});

	it('ends the process at the end of the lease, without any message', async () => {
		const { grant, ends } = guarded();
		const until = monotonicMs() + 30;
		grant(30);
		await sleep(80);
		expect(ends.length).toBeGreaterThan(0);
		expect(ends[0]).toBeGreaterThanOrEqual(until);
	});

	it('ends it at a message that comes before the timer, which is late', async () => {
		const { guard, grant, ends } = guarded();
		grant(10);
		block(20);
		const asked = guard.confirm();
		expect(asked).toBeInstanceOf(Promise);
		await asked;
		expect(ends).not.toEqual([]);
	});

	it('reads the news first: a renewal that waited unread, while the event loop stood, lets it go on', async () => {
		const { guard, grant, ends } = guarded();
		grant(10);
		setImmediate(() => grant(1000));
		block(20);
		await guard.confirm();
		expect([ends, guard.isHeld]).toEqual([[], true]);
	});

	it.each([60_000, -60_000])('after a jump of %i ms, messages wait for a grant that was asked for after it', async (jump) => {
		const { guard, grant, ends, setWallClock } = guarded();
		grant(1000);
		setWallClock(jump);
		let through = false;
		const waiting = [guard.confirm(), guard.confirm()];
		void Promise.all(waiting).then(() => {
			through = true;
		});
		await sleep(30);
		expect([through, ends]).toEqual([false, []]);
		// Asked for before the jump, and late.
		guard.take({ leaseUntilMs: monotonicMs() + 1000, wallOffsetMs: 1_000_000 });
		await sleep(30);
		expect(through).toBe(false);
		grant(1000);
		await Promise.all(waiting);
		expect([guard.confirm(), ends]).toEqual([undefined, []]);
		guard.take({ leaseUntilMs: null });
	});

	it('after a jump, ends the process at the deadline where no such grant comes', async () => {
		const { guard, grant, ends, setWallClock } = guarded();
		const until = monotonicMs() + 60;
		grant(60);
		setWallClock(10_000);
		await guard.confirm();
		expect(ends[0]).toBeGreaterThanOrEqual(until);
	});

	it('after a jump, is not put off by grants that were asked for before it', async () => {
		const { guard, ends, grant, setWallClock } = guarded();
		const until = monotonicMs() + 60;
		grant(60);
		setWallClock(10_000);
		const late = setInterval(() => guard.take({ leaseUntilMs: monotonicMs() + 1000, wallOffsetMs: 1_000_000 }), 10);
		await guard.confirm();
		clearInterval(late);
		expect(ends).toHaveLength(1);
		expect(ends[0]).toBeGreaterThanOrEqual(until);
		expect(ends[0]).toBeLessThan(until + 500);
		guard.take({ leaseUntilMs: null });
	});
});
