import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { LoopDelay } from '../../../src/agent/loop-delay.ts';

describe('the delay of the event loop', () => {
	beforeEach(() => {
		// The ticks are the tests' own.
		jest.useFakeTimers();
	});

	afterEach(() => {
		jest.useRealTimers();
	});

	/** Since 0 the loop turns in time, then stands still between the two times, then turns on. */
	function turning({ stall: [from, to], until }: { stall: [number, number]; until: number }): LoopDelay {
		const delay = new LoopDelay(0);
		for (let atMs = 20; atMs <= until; atMs += 20) if (atMs <= from || atMs >= to) delay.tick(atMs);
		return delay;
	}

	it('is none while the event loop turns', () => {
		expect(turning({ stall: [0, 0], until: 3000 }).read(3010)).toBe(0);
	});

	it('is the longest of the last second, also where it is asked for more often', () => {
		const delay = turning({ stall: [100, 320], until: 1300 });
		expect(delay.read(1301)).toBe(200);
		expect(delay.read(1319)).toBe(200);
		expect(delay.read(1320)).toBe(0);
	});

	it('counts a stall that has just ended, before the next tick', () => {
		expect(turning({ stall: [100, 600], until: 100 }).read(620)).toBe(500);
	});
});

describe('the delay of a real event loop', () => {
	function block(ms: number): void {
		const end = performance.now() + ms;
		while (performance.now() < end);
	}

	it('is seen, also where it was read right before the stall', async () => {
		const delay = new LoopDelay(performance.now());
		delay.read(performance.now());
		block(200);
		await sleep(50);
		expect(delay.read(performance.now())).toBeGreaterThanOrEqual(180);
	});
});
