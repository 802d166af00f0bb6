import { setTimeout as sleep } from 'node:timers/promises';

/** One look at what is watched, or why it failed. */
export type Look<T> = { seen: T } | { fault: string };

/** Has whoever watches look at once. */
export class Wake {
	#since = new AbortController();

	/** Something has changed. */
	up(): void {
		this.#since.abort();
	}

	/** Aborted by the next change from now on. */
	fromNow(): AbortSignal {
		this.#since = new AbortController();
		return this.#since.signal;
	}
}

export interface Pace {
	/** From the beginning of one look to that of the next, unless a look takes longer, or something wakes it. */
	everyMs: number;
	signal: AbortSignal;
	wake: Wake;
}

/** Between two looks, however much changes. */
const LEAST_MS = 100;

/** Looks again and again until it is told to stop, and shows each look. One that fails is shown as well, and the next one follows. */
export async function watch<T>(look: () => Promise<T>, show: (look: Look<T>) => void, { everyMs, signal, wake }: Pace): Promise<void> {
	const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
	const pause = (ms: number, until: AbortSignal) => sleep(Math.max(0, ms), undefined, { signal: until }).catch(() => {});
	while (!signal.aborted) {
		const began = performance.now();
		// What changes while it looks may have come too late for that look.
		const changed = wake.fromNow();
		const seen = look().then(
			(seen): Look<T> => ({ seen }),
			(error): Look<T> => ({ fault: (error as Error).message }),
		);
		// What somebody silent still owes an answer to must not keep the user waiting.
		const next = await Promise.race([seen, stopped]);
		if (next === null) return;
		show(next);
		const sinceMs = performance.now() - began;
		const leastMs = Math.min(LEAST_MS, everyMs);
		await pause(leastMs - sinceMs, signal);
		await pause(everyMs - Math.max(sinceMs, leastMs), AbortSignal.any([signal, changed]));
	}
}
