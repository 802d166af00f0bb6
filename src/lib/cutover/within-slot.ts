import type { CutoverContext } from './context.ts';
import { endDrifted } from './end-drifted.ts';
import type { StrategyActions } from './run.ts';

/**
 * A strategy's actions for a switchover: the spare has been prepared with its slot, so it is only started where it does not
 * run; and whatever comes of it, it stays. Where it goes back, another instance than the old one may run the flows, and the
 * traffic goes there, also where it was not held yet.
 */
export function withinSlot(actions: StrategyActions, { kind, target, to, progress }: CutoverContext): StrategyActions {
	if (kind !== 'switchover') return actions;
	const { compensations } = actions;
	const prepare = async () => {
		await endDrifted(target, to);
		await target.start(to.slot, progress);
	};
	const restore = async () => {
		await compensations.restore();
		await compensations['let flow']();
	};
	return {
		steps: { ...actions.steps, prepare },
		compensations: { ...compensations, restore, discard: async () => {} },
	};
}
