import type { Look } from '../../../src/lib/cutover/watch-status.ts';
import { watch } from '../../../src/lib/cutover/watch-status.ts';

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
		await watch(look, show, { everyMs: 1, signal: stop.signal });
		expect(shown).toEqual([{ seen: 1 }, { fault: 'the disk is away' }, { seen: 3 }]);
	});

	it('does not wait for a look that takes long, nor for the next one, when it is told to end', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 20);
		const shown: unknown[] = [];
		await watch(
			() => new Promise(() => {}),
			(seen) => shown.push(seen),
			{ everyMs: 60_000, signal: stop.signal },
		);
		const next = new AbortController();
		setTimeout(() => next.abort(), 20);
		await watch(
			async () => 1,
			(seen) => shown.push(seen),
			{ everyMs: 60_000, signal: next.signal },
		);
		expect(shown).toEqual([{ seen: 1 }]);
	});
});
