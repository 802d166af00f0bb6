import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { toldInFull } from '../errors/told-in-full.ts';
import { otherSlot, slotNames } from '../promotion/journal.ts';
import { servingRelease } from '../promotion/serving.ts';
import { failuresOf, unlessNotStanding } from '../targets/failures.ts';
import { type Instance, standing } from '../targets/instance.ts';
import type { PromotionSetting } from './promote.ts';
import { nothingServes } from './promotion-errors.ts';
import { untilRouterIsIdle } from './router-idle.ts';
import { activeInstances, knownInstances, runFlowsAgain, untilUpstreams } from './slot-instances.ts';

type Setting = Pick<PromotionSetting, 'environment' | 'target' | 'progress' | 'by'>;

/**
 * Makes an environment run as its journal says: after a reboot, or whatever else ended its processes. What runs is left
 * alone. An instance that does not come up is in nobody's way: a spare may be the one that serves. The caller holds the lock, and has
 * recovered.
 * @returns why what is missing does not come up (INSTANCE_NOT_STANDING)
 * @throws FlowferryError NOTHING_SERVES before the first promotion; INSTANCE_NOT_STANDING where none of the serving slot comes up
 */
export async function bringUp({ environment, target, progress }: Setting): Promise<FlowferryError[]> {
	const serving = await servingRelease(target);
	if (!serving) throw nothingServes(environment.name);
	await target.unlock(serving.slot);
	if ((await target.failover.intent()).paused?.reason === 'down') await target.failover.resume();
	// What an autoscaler adds from here on becomes active by itself.
	const instances = await target.instances(serving.slot);
	const lost = await unlessNotStanding(() => target.start(serving.slot, progress));
	const able = await ableToServe(instances, lost !== null);
	if (lost && able.length === 0) throw lost;
	const there = able.length > 0 ? able : instances;
	await target.startRouter();
	await activate(there, environment);
	await target.router.route(await untilUpstreams(there, environment.timeouts.activateMs));
	const alsoLost = await unlessNotStanding(() => target.start(otherSlot(serving.slot), progress));
	return [lost, alsoLost].filter((error) => error !== null);
}

/**
 * All but those whose Node-RED ends again and again. One that is starting is waited for where it holds the seat, or all are on their way
 * as they should be.
 */
async function ableToServe(instances: Instance[], someAreLost: boolean): Promise<Instance[]> {
	const known = (await knownInstances(instances)).filter(({ status }) => status.state !== 'failed');
	const isUp = ({ status }: (typeof known)[number]) => status.lease !== null || standing.includes(status.state);
	return (someAreLost ? known.filter(isUp) : known).map(({ instance }) => instance);
}

/** What ended without being drained, and what was still inside. */
interface TakenDown {
	/** Messages and requests that were inside at the drain's deadline. */
	left: number;
	/** What did not answer, and was ended all the same. */
	warnings: string[];
}

/**
 * Ends an environment's processes, after a drain; what they keep on disk stays, for `bringUp`. A part that does not answer
 * is ended undrained: nothing may stand in the way of an operator who wants it down. The caller holds the lock.
 * @throws what a part that does not end is reason for, once all others have ended
 */
export async function takeDown({ environment, target, progress, by }: Setting): Promise<TakenDown> {
	const { timeouts } = environment;
	const warnings: string[] = [];
	let left = 0;
	const attempt = async (what: string, work: () => Promise<void>) => {
		progress(what);
		await work().catch((error: Error) => warnings.push(`${what}: ${error.message}`));
	};

	await attempt('pausing automatic failover', async () => {
		// Else a spare would take over from the instance that is being ended.
		if ((await target.failover.intent()).paused) return;
		await target.failover.pause({ by, since: new Date().toISOString(), until: null, reason: 'down' });
	});
	await attempt('holding requests', async () => {
		if (!(await target.router.status())) return;
		await target.router.hold({ maxMs: timeouts.holdMs, maxRequests: environment.hold.maxRequests });
	});
	for (const slot of slotNames) {
		for (const { instance, status } of await activeInstances(await target.instances(slot))) {
			if (status.state !== 'active') continue;
			await attempt(`draining ${instance.name}`, async () => {
				await instance.quiesce(timeouts.quiesceMs);
				left += await untilRouterIsIdle(target.router, (name) => name.startsWith(`${slot}/`), timeouts.drainMs);
				left += (await instance.drain(timeouts.drainMs)).left.reduce((sum, node) => sum + node.messages, 0);
			});
		}
	}
	const stays = await failuresOf([target.stopRouter()]);
	progress('ending the instances');
	stays.push(...(await failuresOf(slotNames.map((slot) => target.stop(slot)))));
	if (stays.length > 0) throw stays[0];
	return { left, warnings };
}

/** Takes an environment down, and removes all that it has. The caller holds the lock. */
export async function takeAway(setting: Setting): Promise<TakenDown> {
	const { left, warnings } = await takeDown(setting);
	setting.progress('removing what it has');
	const kept = await setting.target.remove();
	return { left, warnings: [...warnings, ...kept.map((path) => `${path} is not the environment's, and was left`)] };
}

async function activate(instances: Instance[], environment: PromotionSetting['environment']): Promise<void> {
	try {
		// What an earlier `down` that did not end has left quiesced.
		await runFlowsAgain(instances, environment);
	} catch (error) {
		throw new FlowferryError({
			code: 'NOT_ACTIVE',
			message: `an instance could not be made active: ${toldInFull(error)}`,
			hint: 'flowferry status shows which; its log tells why',
			exitStatus: ExitStatus.needsOperator,
			cause: error,
		});
	}
}
