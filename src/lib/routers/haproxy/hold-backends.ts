/** One of the backends in whose queue requests wait: HAProxy's time-out of a queue is fixed when it starts. */
export interface HoldBackend {
	/** `hold-10000`. */
	name: string;
	/** How long a request waits in it. */
	maxMs: number;
}

/** From 100 ms to 10 minutes, each at most two thirds longer than the one before. */
const ladder = [100, 1000, 10_000, 100_000].flatMap((decade) => [1, 1.5, 2, 3, 5, 7].map((step) => decade * step));
const longestMs = 600_000;

/** The backends that a configuration has. @param exactMs the environment's own limit, which gets one of exactly that length */
export function holdBackends(exactMs: number): HoldBackend[] {
	const lengths = new Set([...ladder.filter((ms) => ms <= longestMs), exactMs]);
	return [...lengths].sort((one, other) => one - other).map((maxMs) => ({ name: nameOf(maxMs), maxMs }));
}

/** The backend that keeps a request for the longest time within `maxMs`; where all are longer, the shortest. */
export function backendFor(maxMs: number, names: readonly string[]): string {
	const lengths = names.flatMap((name) => lengthOf(name) ?? []).sort((one, other) => one - other);
	return nameOf(lengths.findLast((length) => length <= maxMs) ?? lengths[0] ?? maxMs);
}

/** Whether a backend is one of these, by its name. */
export function isHoldBackend(name: string): boolean {
	return lengthOf(name) !== null;
}

function nameOf(maxMs: number): string {
	return `hold-${maxMs}`;
}

function lengthOf(name: string): number | null {
	const digits = /^hold-(\d+)$/.exec(name)?.[1];
	return digits === undefined ? null : Number(digits);
}
