/** Calls `act` with 1, 2, 3, … at a steady rate. What a busy machine delays is caught up with, so that the rate holds. */
export interface Pace {
	stop(): void;
}

const TICK_MS = 5;

/** @param act returns false where it cannot act now: the same number comes again at the next tick */
export function startPace(perSecond: number, act: (seq: number) => boolean): Pace {
	const startedMs = performance.now();
	let done = 0;
	const timer = setInterval(() => {
		const due = countDue(perSecond, performance.now() - startedMs);
		while (done < due && act(done + 1)) done++;
	}, TICK_MS);
	return { stop: () => clearInterval(timer) };
}

export function countDue(perSecond: number, elapsedMs: number): number {
	return Math.floor((elapsedMs * perSecond) / 1000);
}
