import type { ExplainedPromotion } from '../promotion/explain.ts';
import { servingRelease } from '../promotion/serving.ts';
import { bringUp } from './bring-up.ts';
import { explainPromotion } from './history.ts';
import { pausedPromotion } from './pause.ts';
import type { PromotionSetting } from './promote.ts';
import { recover } from './promote.ts';

/** The contract of `resume --json`. */
export interface ResumeResult {
	/**
	 * - `nothing-to-do`: no promotion was interrupted
	 * - `paused`: none was interrupted, one is paused
	 * - `rolled-back`: the interrupted one was undone; `finished`: only traffic was left to move, and it has moved
	 */
	outcome: 'nothing-to-do' | 'paused' | 'rolled-back' | 'finished';
	environment: string;
	/** The release that serves now; null where none ever did. */
	release: number | null;
	/** The promotion that was ended, or is paused, with all that was done. */
	promotion: ExplainedPromotion | null;
}

/**
 * Ends what an interrupted promotion left, and starts what of the environment ended with it. Where none was interrupted,
 * nothing is touched. The caller holds the lock.
 * @throws FlowferryError OPERATOR_NEEDED where it can neither go on nor back; INSTANCE_NOT_STANDING where it has ended, and what was to be
 * started did not all come up
 */
export async function resume(setting: PromotionSetting): Promise<ResumeResult> {
	const { environment, target } = setting;
	const ended = await recover(setting);
	const serving = await servingRelease(target);
	const [missing] = ended && serving ? await bringUp(setting) : [];
	if (missing) throw missing;
	const found = ended ?? (await pausedPromotion(target.journal));
	return {
		outcome: outcomeOf(ended?.state.kind ?? found?.state.kind),
		environment: environment.name,
		release: serving?.release.number ?? null,
		promotion: found && (await explainPromotion(target.journal, found)),
	};
}

function outcomeOf(state: ExplainedPromotion['state']['kind'] | undefined): ResumeResult['outcome'] {
	if (state === undefined) return 'nothing-to-do';
	if (state === 'paused') return 'paused';
	return state === 'rolled back' ? 'rolled-back' : 'finished';
}
