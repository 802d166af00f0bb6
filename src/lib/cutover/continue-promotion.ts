import { autoscaleOf } from '../config/autoscale.ts';
import type { NamedEnvironment } from '../config/environment-of.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { PromotionRecord } from '../promotion/journal.ts';
import { transition } from '../promotion/machine.ts';
import { servingRelease } from '../promotion/serving.ts';
import type { Target } from '../targets/target.ts';
import { pausedPromotion } from './pause.ts';
import type { PromotionResult, PromotionSetting } from './promote.ts';
import { carryOn, proveRouter } from './promote.ts';
import { sideInstances } from './sides.ts';
import { knownInstances } from './slot-instances.ts';

/**
 * Goes on with the paused promotion, as it was agreed. New instances that no longer stand by, or are too few by now, are prepared
 * anew; those that do are validated once more. The caller holds the environment's lock.
 * @throws FlowferryError NOTHING_PAUSED (exit 2); PLAN_OUTDATED (exit 6) where another release serves than when it was agreed
 */
export async function continuePromotion(setting: PromotionSetting): Promise<PromotionResult> {
	const { environment, target } = setting;
	const paused = await findPaused(environment.name, target);
	await assertSameFrom(environment.name, paused, target);
	await proveRouter(target, paused.from !== null);
	const state = transition(paused.state, { event: 'continue', standing: await standsBy(paused, setting), by: setting.by });
	await target.journal.record(paused.id, state, false);
	return await carryOn(setting, { ...paused, state });
}

/** @throws FlowferryError NOTHING_PAUSED (exit 2) */
export async function findPaused(environment: string, { journal }: Target): Promise<PromotionRecord> {
	const paused = await pausedPromotion(journal);
	if (paused) return paused;
	throw new FlowferryError({
		code: 'NOTHING_PAUSED',
		message: `no promotion to ${environment} is paused`,
		hint: `\`flowferry promote ${environment} --pause-before-switch\` begins one; \`flowferry history ${environment}\` tells what became of the last`,
	});
}

async function assertSameFrom(environment: string, { id, from }: PromotionRecord, target: Target): Promise<void> {
	const serving = await servingRelease(target);
	if (serving?.slot === from?.slot && serving?.release.number === from?.release.number) return;
	const was = from ? `release ${from.release.number}` : 'nothing';
	throw new FlowferryError({
		code: 'PLAN_OUTDATED',
		message: `promotion ${id} was agreed while ${was} served in ${environment}; ${serving ? `release ${serving.release.number}` : 'nothing'} serves now`,
		hint: `give it up and promote anew: flowferry abort ${environment}`,
		exitStatus: ExitStatus.declined,
	});
}

async function standsBy({ from, to }: PromotionRecord, { environment, target }: PromotionSetting): Promise<boolean> {
	if ((await target.journal.slots())[to.slot]?.number !== to.release.number) return false;
	const instances = await sideInstances(target, to);
	const serving = from ? await sideInstances(target, from) : [];
	const known = await knownInstances(instances);
	return (
		instances.length >= leastFor(environment, serving.length) &&
		known.length === instances.length &&
		known.every(({ status }) => status.state === 'standby')
	);
}

/** An autoscaler that saw no load in the pause has taken away what is to carry it. @param serving how many carry it now */
function leastFor(environment: Pick<NamedEnvironment, 'target' | 'kubernetes' | 'instances'>, serving: number): number {
	return autoscaleOf(environment) ? Math.max(1, Math.min(serving, environment.instances)) : 1;
}
