import type { JournalEntry, PromotionRecord } from './journal.ts';
import type { Compensation, PromotionState, Step } from './machine.ts';

/** One thing that a promotion did, as the journal has it. */
export interface Act {
	/** A step, a compensation, or the pause between. */
	act: Step | Compensation | 'pause';
	/** ISO 8601, UTC. */
	began: string;
	/** Until the next entry; null where there is none yet. */
	durationMs: number | null;
	/** `interrupted`: whoever did it was gone before it was done. */
	outcome: 'done' | 'failed' | 'interrupted' | 'under way';
	/** Why it failed. */
	cause: string | null;
	/** Who did it, where that was not who began the promotion. */
	by: string | null;
}

/** A promotion with what it did. */
export interface ExplainedPromotion extends PromotionRecord {
	acts: Act[];
}

type Open = Pick<Act, 'act' | 'began' | 'by'>;

/** Reads from a promotion's entries what was done, by whom, for how long and how it ended. Pure. */
export function explainActs(entries: JournalEntry[]): Act[] {
	const acts: Act[] = [];
	let open: Open | null = null;
	let by: string | null = null;
	for (const { time, state } of entries) {
		const takenOver = successorIn(state);
		if (open) acts.push(close(open, time, state, takenOver !== null && takenOver !== by));
		by = takenOver ?? by;
		open = openedBy(state, time, by);
	}
	if (open) acts.push({ ...open, durationMs: null, outcome: 'under way', cause: null });
	return acts;
}

function successorIn(state: PromotionState): string | null {
	return state.kind === 'going' || state.kind === 'rolling back' ? (state.takenOverBy ?? null) : null;
}

function openedBy(state: PromotionState, began: string, by: string | null): Open | null {
	if (state.kind === 'going' && state.running) return { act: state.running, began, by };
	if (state.kind === 'rolling back') return { act: state.remaining[0] as Compensation, began, by };
	return state.kind === 'paused' ? { act: 'pause', began, by } : null;
}

function close(open: Open, time: string, state: PromotionState, takenOver: boolean): Act {
	const durationMs = Math.max(0, Date.parse(time) - Date.parse(open.began));
	const act = { ...open, durationMs, cause: null };
	if (open.act === 'pause') return { ...act, outcome: 'done' };
	if (takenOver) return { ...act, outcome: 'interrupted' };
	if (state.kind === 'needs operator') return { ...act, outcome: 'failed', cause: state.failed === open.act ? state.cause : state.reason };
	if (state.kind === 'rolling back' && state.failed === open.act) return { ...act, outcome: 'failed', cause: state.cause };
	return { ...act, outcome: 'done' };
}
