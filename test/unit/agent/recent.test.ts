import { Recent } from '../../../src/agent/recent.ts';

describe('what flows did lately', () => {
	it('is all since their start at first', () => {
		const recent = new Recent(1000);
		expect(recent.take(1250, { received: 3, errors: 1 })).toEqual({
			spanMs: 250,
			received: 3,
			errors: 1,
			longestSilenceMs: 250,
			silentMs: 0,
		});
	});

	it('forgets what is older than five minutes', () => {
		const recent = new Recent(0);
		let last = recent.take(0, { received: 0, errors: 0 });
		for (let second = 1; second <= 900; second++) {
			// One message a second; errors in the first minute only.
			last = recent.take(second * 1000, { received: second, errors: Math.min(second, 60) });
		}
		expect(last.spanMs).toBeGreaterThanOrEqual(300_000);
		expect(last.spanMs).toBeLessThan(310_000);
		expect(last.received).toBe(last.spanMs / 1000);
		expect(last.errors).toBe(0);
		expect(last.longestSilenceMs).toBe(1000);
	});

	it('knows the longest silence, the one that lasts included, and forgets it in its turn', () => {
		const recent = new Recent(0);
		const at = (second: number, received: number) => recent.take(second * 1000, { received, errors: 0 });
		at(1, 1);
		at(41, 2);
		expect(at(42, 3)).toMatchObject({ longestSilenceMs: 40_000, silentMs: 0 });
		expect(at(142, 3)).toMatchObject({ longestSilenceMs: 100_000, silentMs: 100_000 });
		at(143, 4);
		for (let second = 144; second < 460; second++) at(second, second);
		expect(at(460, 460)).toMatchObject({ longestSilenceMs: 1000, silentMs: 0 });
	});
});
