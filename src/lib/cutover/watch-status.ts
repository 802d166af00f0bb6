import { setTimeout as sleep } from 'node:timers/promises';

/** One look at what is watched, or why it failed. */
export type Look<T> = { seen: T } | { fault: string };

/**
 * Looks again and again until it is told to stop, and shows each look. One that fails is shown as well, and the next one follows.
 * @param everyMs from the beginning of one look to that of the next, unless a look takes longer
 */
export async function watch<T>(
	look: () => Promise<T>,
	show: (look: Look<T>) => void,
	{ everyMs, signal }: { everyMs: number; signal: AbortSignal },
): Promise<void> {
	const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
	while (!signal.aborted) {
		const began = performance.now();
		const seen = look().then(
			(seen): Look<T> => ({ seen }),
			(error): Look<T> => ({ fault: (error as Error).message }),
		);
		// What somebody silent still owes an answer to must not keep the user waiting.
		const next = await Promise.race([seen, stopped]);
		if (next === null) return;
		show(next);
		await sleep(Math.max(0, everyMs - (performance.now() - began)), undefined, { signal }).catch(() => {});
	}
}
