import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LeaseTiming } from '../../src/lib/lease/lease.ts';
import type { LeasePlace } from './open-lease-store.ts';

/** Somebody was active from its first piece of work to its last; milliseconds of the machine's monotonic clock. */
export interface Span {
	holder: string;
	token: number;
	fromMs: number;
	toMs: number;
}

export interface SeatWorker {
	process: ChildProcess;
	/** Those that have ended. */
	spans: Span[];
	/** When its latest span began. */
	begunMs(): number;
	/** Ends it; its last span is told, where it was not killed. */
	end(): Promise<void>;
}

/** A process of its own that takes the seat `active` when it can. */
export function startSeatWorker(
	place: LeasePlace,
	timing: LeaseTiming,
	[holder, other]: [string, string],
	handsOverMs: number,
): SeatWorker {
	const script = fileURLToPath(new URL('seat-worker.ts', import.meta.url));
	const child = fork(script, [JSON.stringify(place), holder, other, String(handsOverMs), JSON.stringify(timing)]);
	const exit = once(child, 'exit');
	const spans: Span[] = [];
	let begun = Number.NEGATIVE_INFINITY;
	child.on('message', (told: Span | { begun: number }) => {
		if ('begun' in told) begun = told.begun;
		else spans.push(told);
	});
	return {
		process: child,
		spans,
		begunMs: () => begun,
		end: async () => {
			child.kill('SIGCONT');
			if (child.connected) child.send('end');
			await exit;
		},
	};
}

/** For how long two were active together, at most of all pairs. */
export function longestOverlap(spans: Span[]): number {
	const ordered = spans.toSorted((a, b) => a.fromMs - b.fromMs);
	let longest = 0;
	let latest: Span | null = null;
	for (const span of ordered) {
		// Both read whole milliseconds: one may end and the other begin within the same.
		if (latest && latest.holder !== span.holder) longest = Math.max(longest, Math.min(latest.toMs, span.toMs) - span.fromMs);
		if (!latest || span.toMs > latest.toMs) latest = span;
	}
	return longest;
}
