import type { Look } from '../../../src/lib/cutover/watch-status.ts';
import { Wake, watch } from '../../../src/lib/cutover/watch-status.ts';

describe('watching', () => {
	it('goes on after a look that failed, and ends when it is told to', async () => {
		const stop = new AbortController();
		const shown: Look<number>[] = [];
		let looks = 0;
		const look = async () => {
			if (++looks === 2) throw new Error('the disk is away');
			return looks;
		};
		const show = (seen: Look<number>) => {
			shown.push(seen);
			if (shown.length === 3) stop.abort();
		};
		await watch(look, show, { everyMs: 1, signal: stop.signal, wake: new Wake() });
		expect(shown).toEqual([{ seen: 1 }, { fault: 'the disk is away' }, { seen: 3 }]);
	});

	it('does not wait for a look that takes long, nor for the next one, when it is told to end', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 20);
		const shown: unknown[] = [];
		await watch(
			() => new Promise(() => {}),
			(seen) => shown.push(seen),
			{ everyMs: 60_000, signal: stop.signal, wake: new Wake() },
		);
		const next = new AbortController();
		setTimeout(() => next.abort(), 20);
		await watch(
			async () => 1,
			(seen) => shown.push(seen),
			{ everyMs: 60_000, signal: next.signal, wake: new Wake() },
		);
		expect(shown).toEqual([{ seen: 1 }]);
	});

	it('looks at once where something has changed, be it while it looked, and not oftener than ten times a second', async () => {
		const stop = new AbortController();
		const wake = new Wake();
		const at: number[] = [];
		const look = async () => {
			if (at.push(performance.now()) === 2) wake.up();
			if (at.length === 4) stop.abort();
		};
		setTimeout(() => wake.up(), 300);
		const following = setInterval(() => at.length > 2 && wake.up(), 1);
		await watch(look, () => {}, { everyMs: 60_000, signal: stop.signal, wake });
		clearInterval(following);
		const gaps = at.slice(1).map((ms, index) => ms - at[index]!);
		expect(gaps[0]).toBeGreaterThan(290);
		expect(Math.min(...gaps)).toBeGreaterThan(95);
		expect(Math.max(...gaps)).toBeLessThan(5_000);
	});
});
