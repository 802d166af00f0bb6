import { remoteClock } from '../../../src/lib/keeper/remote-clock.ts';

describe('the clock of another machine', () => {
	/** A machine that is ahead by so much, and answers after so long each time: half of that on the way there. */
	const machine = (aheadMs: number, takes: number[]) => {
		let nowMs = 1000;
		return {
			now: () => nowMs,
			pass: (ms: number) => {
				nowMs += ms;
			},
			ask: async (wayThere = 0.5) => {
				const ms = takes.shift() as number;
				nowMs += ms * wayThere;
				const shown = nowMs + aheadMs;
				nowMs += ms * (1 - wayThere);
				return shown;
			},
		};
	};

	it('is read as far ahead, or behind, as it is', async () => {
		for (const aheadMs of [90_000_000, -90_000_000, 0]) {
			const { ask, now, pass } = machine(aheadMs, [10, 10, 10, 10, 10]);
			const clock = await remoteClock(ask, now);
			expect(clock.nowMs()).toBe(now() + aheadMs);
			pass(500);
			expect(clock.nowMs()).toBe(now() + aheadMs);
		}
	});

	it('is taken from the answer that came fastest, and is wrong by half of its time at most', async () => {
		const { ask, now } = machine(5000, [400, 300, 8, 900, 200]);
		const clock = await remoteClock(() => ask(1), now);
		expect(Math.abs(clock.nowMs() - (now() + 5000))).toBeLessThanOrEqual(4);
	});
});
