import type { DrillKind, DrillOutcome } from './drill.ts';

/** What was seen of a drill. */
export interface Seen {
	/** Who was active before. */
	from: string;
	/** Whose flows ran within the time; null: nobody's. */
	to: string | null;
	/** The active instance lost its lease. */
	lost: boolean;
	doubleActiveMs: number;
}

/** Where the flows may go on in the instance that ran them: it is whoever is faster, or nothing was wrong with it. */
const mayGoOn: ReadonlySet<DrillKind> = new Set(['store-loss', 'broker-loss']);

/** What became of a drill, and why that is not as it should be: one sentence each, none where it is. Pure. */
export function judgeDrill(kind: DrillKind, { from, to, lost, doubleActiveMs }: Seen): { outcome: DrillOutcome; faults: string[] } {
	const outcome: DrillOutcome = to === null ? 'not taken over' : to === from ? 'went on' : 'taken over';
	const faults: string[] = [];
	if (to === null) faults.push('nobody was active in time');
	if (outcome === 'went on' && !mayGoOn.has(kind)) faults.push(`no spare took over: the flows run in ${from} again`);
	if (kind === 'broker-loss' && lost) faults.push('the active instance lost its lease, though nothing was wrong with it');
	if (doubleActiveMs > 0) faults.push(`two instances said for ${doubleActiveMs} ms that they were active`);
	return { outcome, faults };
}
