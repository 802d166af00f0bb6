import { instanceOf } from '../lease/holder.ts';
import type { PromotionDraft, Side } from '../promotion/journal.ts';
import type { Instance } from '../targets/instance.ts';
import type { Target } from '../targets/target.ts';

/** The instances of a side: all of its slot; in a switchover the one that it names. */
export async function sideInstances(target: Pick<Target, 'instances'>, { slot, instance }: Side): Promise<Instance[]> {
	const all = await target.instances(slot);
	return instance === undefined ? all : all.filter(({ name }) => name === instance);
}

/**
 * Those that may run the old side's flows again, its own first. In a switchover every instance of the slot has the same release:
 * where the one that was active does not come up, or another has taken the seat meanwhile, production must not stand empty for
 * it. The one that failed to take over comes last.
 */
export async function restorableInstances(
	target: Pick<Target, 'instances'>,
	{ from, to }: Pick<PromotionDraft, 'from' | 'to'>,
): Promise<Instance[]> {
	if (!from) return [];
	const rank = ({ name }: Instance) => (isOfSide(from, name) ? 0 : isOfSide(to, name) ? 2 : 1);
	return (await target.instances(from.slot)).toSorted((one, other) => rank(one) - rank(other));
}

/** @param name an instance's, `blue/0`, or a lease holder's, `blue/0@123` */
export function isOfSide({ slot, instance }: Side, name: string): boolean {
	const ofInstance = instanceOf(name);
	return instance === undefined ? ofInstance.startsWith(`${slot}/`) : ofInstance === instance;
}

/** How the two sides are called, for people. */
export function nameSides({ from, to }: Pick<PromotionDraft, 'from' | 'to'>): { old: string; next: string } {
	return { old: from?.instance ?? 'the old release', next: to.instance ?? 'the new release' };
}
