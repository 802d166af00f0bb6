import { toldInFull } from '../errors/told-in-full.ts';
import { unlessNotStanding } from '../targets/failures.ts';
import { standing } from '../targets/instance.ts';
import type { CutoverContext } from './context.ts';
import { endDrifted } from './end-drifted.ts';
import type { StrategyActions } from './run.ts';
import { sideInstances } from './sides.ts';
import { knownInstances } from './slot-instances.ts';

/**
 * A strategy's actions for a switchover: the spare has been prepared with its slot, so it is only started where it does not
 * run, and another one that does not come up is in nobody's way; and whatever comes of it, it stays. Where it goes back, another instance than the old one may run the flows, and the
 * traffic goes there, also where it was not held yet.
 */
export function withinSlot(actions: StrategyActions, { kind, target, to, progress, report }: CutoverContext): StrategyActions {
	if (kind !== 'switchover') return actions;
	const { compensations } = actions;
	const prepare = async () => {
		await endDrifted(target, to);
		const lost = await unlessNotStanding(() => target.start(to.slot, progress));
		if (!lost) return;
		const [spare] = await knownInstances(await sideInstances(target, to));
		if (!spare || !standing.includes(spare.status.state)) throw lost;
		report.remarks.push(toldInFull(lost));
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
