import { setTimeout as sleep } from 'node:timers/promises';
import { LoopDelay } from '../../../src/agent/loop-delay.ts';

describe('the delay of the event loop', () => {
	it('is the longest of the last second, also where it is asked for more often', async () => {
		const delay = new LoopDelay();
		await sleep(30);
		const end = performance.now() + 200;
		while (performance.now() < end);
		await sleep(30);
		const now = performance.now();
		expect(delay.take(now)).toBeGreaterThanOrEqual(150);
		expect(delay.take(now + 500)).toBeGreaterThanOrEqual(150);
		expect(delay.take(now + 1000)).toBeLessThan(150);
	});
});
