import type { PromotionRecord } from '../promotion/journal.ts';
import { type PromotionState, transition } from '../promotion/machine.ts';
import type { Baked } from './bake.ts';
import { bake } from './bake.ts';
import type { CutoverContext } from './context.ts';

/** What followed when the new release served. */
export interface Aftermath {
	baked: Baked | null;
	old: 'warm' | 'retired' | null;
}

interface Watch {
	record: PromotionRecord;
	/** It came through. */
	state: PromotionState;
	stopReason: () => string | null;
	superseded: () => Promise<boolean>;
	interruptMeans: (text: string) => void;
}

/**
 * Watches the new release for its bake time, then gives the old slot up where the configuration says so. After a rollback
 * there is neither: it went to a release that served before, and the one it left may be wanted again. A switchover changes no
 * release.
 */
export async function afterRelease(context: CutoverContext, watch: Watch): Promise<Aftermath> {
	const { environment, kind, from } = context;
	const old = from && 'warm';
	if (kind !== 'promote') return { baked: null, old };
	let baked: Baked | null = null;
	if (environment.bake.forMs > 0) {
		watch.interruptMeans('interrupted: it is no longer watched; the new release serves on.');
		const stopReason = async () =>
			watch.stopReason() ?? ((await watch.superseded()) ? 'another command has taken the environment over' : null);
		baked = await bake(context, stopReason);
		if (baked.outcome === 'stopped') context.report.remarks.push(`the bake time was ended early: ${baked.reason}`);
	}
	const isDone = baked === null || baked.outcome === 'passed';
	if (!from || !isDone || environment.keep === 'warm') return { baked, old };
	return { baked, old: await retire(context, watch, from.slot) };
}

/** In the journal first: who finds the slot filled after a crash finds a warm one, which does no harm. */
async function retire(context: CutoverContext, { record, state }: Watch, slot: 'blue' | 'green'): Promise<'warm' | 'retired'> {
	const { target, report, progress } = context;
	progress(`ending the old release in ${slot}`);
	try {
		await target.journal.record(record.id, transition(state, { event: 'retire' }), true);
		await target.discard(slot);
		return 'retired';
	} catch (error) {
		report.remarks.push(`the old release in ${slot} could not be ended: ${(error as Error).message}`);
		return 'warm';
	}
}
