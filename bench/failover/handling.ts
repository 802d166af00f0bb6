import { type ActiveSpan, overlapMs } from '../../src/lib/drill/overlap.ts';

/** A message as the flow signed it. */
export interface Handled {
	/** The process that handled it. */
	by: number;
	/** When, on the host's monotonic clock. */
	atMs: number;
}

/** When somebody else than the one who failed first handled a message; null where nobody has. */
export function firstByAnother(handled: readonly Handled[], failed: number): number | null {
	const others = handled.filter(({ by }) => by !== failed).map(({ atMs }) => atMs);
	return others.length === 0 ? null : Math.min(...others);
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
