import type { NamedEnvironment } from '../config/environment-of.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Release } from '../promotion/journal.ts';
import { servingRelease } from '../promotion/serving.ts';
import { chooseSpare } from './choose-spare.ts';
import { assertNonePaused } from './pause.ts';
import type { CutoverChoice, PromotionResult, PromotionSetting } from './promote.ts';
import { carryOut, proveRouter } from './promote.ts';
import { nothingServes } from './promotion-errors.ts';
import { askAll } from './slot-instances.ts';

/**
 * Makes a spare of the slot that serves the active instance, by a cutover like any other: the release stays, and the instance
 * that was active stands by in its turn. The caller holds the environment's lock.
 * @param choose for a cutover between two releases
 * @param to the spare, `blue/1`; default: as `chooseSpare` does
 * @throws FlowferryError LOAD_BALANCED, PROMOTION_PAUSED (exit 6), NOTHING_SERVES; what `chooseSpare` throws; CUTOVER_ROLLED_BACK, …
 */
export async function switchover(
	setting: PromotionSetting,
	choose: (from: Release, to: Release) => Promise<CutoverChoice>,
	to?: string,
): Promise<PromotionResult> {
	const { environment, target } = setting;
	assertHotSpare(environment);
	await assertNonePaused(environment.name, target.journal);
	const serving = await servingRelease(target);
	if (!serving) throw nothingServes(environment.name);
	const { slot, release } = serving;
	await target.unlock(slot);
	const instances = await askAll(await target.instances(slot));
	const chosen = chooseSpare({ environment: environment.name, release: release.number, instances }, to);
	await proveRouter(target, true);
	return await carryOut(setting, {
		kind: 'switchover',
		strategy: (await choose(release, release)).strategy,
		from: { slot, release, instance: chosen.from },
		to: { slot, release, instance: chosen.to },
	});
}

/** @throws FlowferryError LOAD_BALANCED */
export function assertHotSpare({ name, mode }: Pick<NamedEnvironment, 'name' | 'mode'>): void {
	if (mode === 'hot-spare') return;
	throw new FlowferryError({
		code: 'LOAD_BALANCED',
		message: `${name} is load-balanced: all instances of its release are active, and none is a spare`,
		hint: `this is for mode hot-spare; \`flowferry status ${name}\` shows the instances`,
	});
}
