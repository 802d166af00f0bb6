import { setTimeout as sleep } from 'node:timers/promises';
import { countDue, startPace } from '../../../demo/traffic/pace.ts';

describe('countDue', () => {
	it.each([
		[100, 0, 0],
		[100, 9, 0],
		[100, 10, 1],
		[100, 1000, 100],
		[50, 1234, 61],
	])('%i a second after %i ms: %i', (perSecond, elapsedMs, due) => {
		expect(countDue(perSecond, elapsedMs)).toBe(due);
	});
});

describe('startPace', () => {
	it('catches up with what a busy event loop delayed, without a gap in the numbers', async () => {
		const seen: number[] = [];
		const pace = startPace(200, (seq) => seen.push(seq) > 0);
		const busyUntil = performance.now() + 100;
		while (performance.now() < busyUntil);
		await sleep(20);
		pace.stop();
		const atStop = seen.length;
		expect(atStop).toBeGreaterThanOrEqual(20);
		expect(seen).toEqual(seen.map((_, index) => index + 1));
		await sleep(30);
		expect(seen).toHaveLength(atStop);
	});

	it('comes again with the number that could not be acted on', async () => {
		const tried: number[] = [];
		const pace = startPace(200, (seq) => tried.push(seq) > 1);
		await sleep(60);
		pace.stop();
		expect(tried.slice(0, 3)).toEqual([1, 1, 2]);
	});
});
