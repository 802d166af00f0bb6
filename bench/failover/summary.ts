import { medianAndMax } from '../cutover/summary.ts';
import type { PlaceName } from '../place/places.ts';
import { missedAims } from './aims.ts';
import type { Kind, Session } from './kinds.ts';
import type { Measured } from './measure.ts';

interface MedianAndMax {
	median: number;
	max: number;
}

/** One kind of fault with one kind of session. */
export interface DrillSummary {
	kind: Kind;
	session: Session;
	spare: 'warm' | 'hot';
	runs: number;
	/** From the fault until somebody answered to it. */
	detectMs: MedianAndMax;
	/** From the fault until somebody else handled the first message. */
	serveMs: MedianAndMax;
	/** Runs in which that was a spare, and not the instance that failed, started again. */
	bySpare: number;
	/** Messages, over all runs. */
	published: number;
	lost: number;
	duplicated: number;
	/** In one run. */
	mostDuplicated: number;
	/** The most of any run. */
	doubleActiveMs: number;
	/** What did not turn out as it should, a sentence each. */
	missedAims: string[];
}

/** A crash with nobody standing by: until the same instance, started again, handles a message. */
export interface RestartSummary extends MedianAndMax {
	runs: number;
	/** Messages, over all runs. */
	lost: number;
	duplicated: number;
}

/** What `npm run bench:failover -- --json` prints. */
export interface FailoverResult {
	/** Where. */
	target: PlaceName;
	drills: DrillSummary[];
	/** The same crash where nobody stands by: until the same instance, started again, handles a message. Null: not measured. */
	takeoverWithoutSpareMs: RestartSummary | null;
	/** And without flowferry: until what the place itself started again handles a message. Null: not measured, or nothing would. */
	plainRestartMs: RestartSummary | null;
	failed: { kind: Kind; session: Session; error: string }[];
}

export function summarizeDrill(kind: Kind, session: Session, runs: readonly Measured[]): DrillSummary {
	const summary = {
		kind,
		session,
		spare: session === 'ordinary' ? ('hot' as const) : ('warm' as const),
		runs: runs.length,
		detectMs: medianAndMax(runs.flatMap(({ detectMs, serveMs }) => detectMs ?? serveMs)),
		serveMs: medianAndMax(runs.map(({ serveMs }) => serveMs)),
		bySpare: runs.filter(({ servedBy }) => servedBy === 'spare').length,
		published: total(runs, 'published'),
		lost: total(runs, 'lost'),
		duplicated: total(runs, 'duplicated'),
		mostDuplicated: Math.max(...runs.map(({ duplicated }) => duplicated)),
		doubleActiveMs: Math.max(...runs.map((run) => run.doubleActiveMs)),
	};
	// All of a kind run in the same place.
	return { ...summary, missedAims: missedAims(summary, runs[0]?.ttlMs ?? null) };
}

export function summarizeRestarts(runs: readonly Measured[]): RestartSummary | null {
	if (runs.length === 0) return null;
	return {
		...medianAndMax(runs.map(({ serveMs }) => serveMs)),
		runs: runs.length,
		lost: total(runs, 'lost'),
		duplicated: total(runs, 'duplicated'),
	};
}

function total(runs: readonly Measured[], count: 'published' | 'lost' | 'duplicated'): number {
	return runs.reduce((sum, run) => sum + run[count], 0);
}
