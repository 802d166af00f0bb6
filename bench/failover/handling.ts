import { type ActiveSpan, overlapMs } from '../../src/lib/drill/overlap.ts';

/** A message as the flow signed it. */
export interface Handled {
	/** The process that handled it. */
	by: number;
	/** When, on the host's monotonic clock. */
	atMs: number;
}

/** The first message that another process than the one that failed handled; null where none has. */
export function firstByAnother(handled: readonly Handled[], failed: number): Handled | null {
	return handled.filter(({ by }) => by !== failed).toSorted((a, b) => a.atMs - b.atMs)[0] ?? null;
}

/** For how long two processes handled messages, each counted from its first to its last. */
export function doubleActiveMs(handled: readonly Handled[]): number {
	const spans = new Map<number, ActiveSpan>();
	for (const { by, atMs } of handled) {
		const span = spans.get(by) ?? { who: String(by), fromMs: atMs, toMs: atMs };
		spans.set(by, { ...span, fromMs: Math.min(span.fromMs, atMs), toMs: Math.max(span.toMs, atMs) });
	}
	return overlapMs([...spans.values()]);
}
