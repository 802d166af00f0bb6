import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { slotNames } from '../promotion/journal.ts';
import { servingRelease } from '../promotion/serving.ts';
import type { Instance } from '../targets/instance.ts';
import type { PromotionSetting } from './promote.ts';
import { nothingServes } from './promotion-errors.ts';
import { untilRouterIsIdle } from './router-idle.ts';
import { activeInstances, runFlows, untilUpstreams } from './slot-instances.ts';

type Setting = Pick<PromotionSetting, 'environment' | 'target' | 'progress' | 'by'>;

/**
 * Makes an environment run as its journal says: after a reboot, or whatever else ended its processes. What runs is left
 * alone. The caller holds the lock, and has recovered.
 * @throws FlowferryError NOTHING_SERVES before the first promotion
 */
export async function bringUp({ environment, target, progress }: Setting): Promise<void> {
	const serving = await servingRelease(target);
	if (!serving) throw nothingServes(environment.name);
	await target.unlock(serving.slot);
	if ((await target.failover.intent()).paused?.reason === 'down') await target.failover.resume();
	await target.start(serving.slot, progress);
	await target.startRouter();
	const instances = await target.instances(serving.slot);
	await activate(instances, environment);
	await target.router.route(await untilUpstreams(instances, environment.timeouts.activateMs));
	for (const slot of slotNames) if (slot !== serving.slot) await target.start(slot, progress);
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
	await target.stopRouter();
	progress('ending the instances');
	for (const slot of slotNames) await target.stop(slot);
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
		await runFlows(instances, environment);
	} catch (error) {
		throw new FlowferryError({
			code: 'NOT_ACTIVE',
			message: `an instance could not be made active: ${(error as Error).message}`,
			hint: 'flowferry status shows which; its log tells why',
			exitStatus: ExitStatus.needsOperator,
			cause: error,
		});
	}
}
