import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { standingOf } from '../../../src/agent/lease-guard.ts';
import { monotonicMs, shiftClock } from '../../../src/agent/time.ts';
import { anchoredClock, systemClock } from '../../../src/lib/adapters/clock.ts';

afterEach(() => {
	shiftClock(0);
	jest.restoreAllMocks();
});

describe('a clock that is anchored to the wall', () => {
	it('tells the time of day, and goes on with the monotonic clock when somebody sets the wall clock', async () => {
		const clock = anchoredClock();
		expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(50);
		expect(clock.offsetMs).toBeGreaterThan(0);
		const [before, wall] = [clock.nowMs(), Date.now()];
		jest.spyOn(Date, 'now').mockReturnValue(wall - 3_600_000);
		await sleep(20);
		expect(clock.nowMs() - before).toBeGreaterThanOrEqual(19);
		expect(clock.nowMs() - before).toBeLessThan(5000);
	});

	it('is the one that the agent reads, which gets its offset', () => {
		const clock = anchoredClock();
		expect(Math.abs(monotonicMs() - systemClock().nowMs())).toBeLessThan(20);
		shiftClock(clock.offsetMs ?? 0);
		expect(Math.abs(monotonicMs() - clock.nowMs())).toBeLessThan(20);
	});

	it('lets an agent see that the wall clock was set after the start, or between two grants', () => {
		const clock = anchoredClock();
		shiftClock(clock.offsetMs ?? 0);
		const wall = Date.now();
		// As the keeper of the lease reads them.
		const grant = () => ({ leaseUntilMs: clock.nowMs() + 1000, wallOffsetMs: Date.now() - clock.nowMs() });
		const standing = (of: ReturnType<typeof grant>) => standingOf(of, monotonicMs(), Date.now());
		const before = grant();
		expect(standing(before)).toBe('stands');
		for (const jump of [-60_000, 60_000]) {
			jest.spyOn(Date, 'now').mockImplementation(() => wall + jump);
			expect(standing(before)).toBe('jumped');
			// One that was asked for after it stands again.
			expect(standing(grant())).toBe('stands');
		}
	});
});
