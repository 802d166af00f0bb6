import { type ActiveSpan, overlapMs } from '../../src/lib/drill/overlap.ts';

/** A message as the flow signed it. */
export interface Handled {
	/** The process that handled it: `blue/0#1d4f…`; nothing stands before the `#` where flowferry has not started it. */
	by: string;
	/** When, on the host's monotonic clock. */
	atMs: number;
}

/** Who handled the latest of them. */
export function latestHandler(handled: readonly Handled[]): string | null {
	return handled.toSorted((a, b) => b.atMs - a.atMs)[0]?.by ?? null;
}

/** The instance of a process by its signature. */
export const instanceOf = (by: string): string => by.slice(0, by.indexOf('#'));

/** The first message that another process than the one that failed handled; null where none has. */
export function firstByAnother(handled: readonly Handled[], failed: string): Handled | null {
	return handled.filter(({ by }) => by !== failed).toSorted((a, b) => a.atMs - b.atMs)[0] ?? null;
}

/** For how long two processes handled messages, each counted from its first to its last. */
export function doubleActiveMs(handled: readonly Handled[]): number {
	const spans = new Map<string, ActiveSpan>();
	for (const { by, atMs } of handled) {
		const span = spans.get(by) ?? { who: by, fromMs: atMs, toMs: atMs };
		spans.set(by, { ...span, fromMs: Math.min(span.fromMs, atMs), toMs: Math.max(span.toMs, atMs) });
	}
	return overlapMs([...spans.values()]);
}
