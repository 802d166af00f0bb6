import { medianAndMax } from '../cutover/summary.ts';
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

/** What `npm run bench:failover -- --json` prints. */
export interface FailoverResult {
	drills: DrillSummary[];
	/** The same crash where nobody stands by: until the same instance, started again, handles a message. Null: not measured. */
	takeoverWithoutSpareMs: (MedianAndMax & { runs: number; lost: number; duplicated: number }) | null;
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
	return { ...summary, missedAims: missedAims(summary) };
}

export function summarizeWithoutSpare(runs: readonly Measured[]): FailoverResult['takeoverWithoutSpareMs'] {
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
