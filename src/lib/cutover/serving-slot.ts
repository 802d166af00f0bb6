import type { Journal, PromotionDraft } from '../promotion/journal.ts';
import type { StrategyActions } from './run.ts';

/**
 * Has the journal's serving slot go back with the traffic, whatever the strategy: where 'release' was interrupted between
 * its two parts, it names the new slot already.
 */
export function servingFollows(actions: StrategyActions, { from }: PromotionDraft, journal: Journal): StrategyActions {
	const letFlow = async () => {
		await actions.compensations['let flow']();
		await journal.setServingSlot(from?.slot ?? null);
	};
	return { ...actions, compensations: { ...actions.compensations, 'let flow': letFlow } };
}
