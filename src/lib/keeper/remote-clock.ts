import type { MonotonicClock } from '../adapters/clock.ts';

/** Questions, of which the one that was answered fastest counts. */
const QUESTIONS = 5;

/**
 * The clock of another machine: how far it is ahead of this one's is measured once. It is wrong by half of the fastest answer's time at
 * most, and where the two run at different speeds.
 * @param ask what that clock shows, in milliseconds
 * @param now this machine's
 */
export async function remoteClock(
	ask: () => Promise<number>,
	now: () => number = () => performance.now(),
): Promise<Pick<MonotonicClock, 'nowMs'>> {
	let best = { tookMs: Number.POSITIVE_INFINITY, aheadMs: 0 };
	for (let question = 0; question < QUESTIONS; question++) {
		const asked = now();
		const shown = await ask();
		const answered = now();
		if (answered - asked < best.tookMs) best = { tookMs: answered - asked, aheadMs: shown - (asked + answered) / 2 };
	}
	return { nowMs: () => now() + best.aheadMs };
}
