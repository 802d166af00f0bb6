import { setTimeout as sleep } from 'node:timers/promises';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { ForcedFailover } from '../failover/plan-forced.ts';
import { planForcedFailover } from '../failover/plan-forced.ts';
import type { SlotName } from '../promotion/journal.ts';
import { servingRelease } from '../promotion/serving.ts';
import type { Instance } from '../targets/instance.ts';
import type { Target } from '../targets/target.ts';
import type { PromotionSetting } from './promote.ts';
import { nothingServes } from './promotion-errors.ts';
import { isLockLost } from './run.ts';
import { activeInstances, askAll, untilUpstreams } from './slot-instances.ts';

const POLL_MS = 25;

type Setting = Pick<PromotionSetting, 'environment' | 'target' | 'progress' | 'by' | 'interruptMeans'>;
type Dismissal = Pick<FailoverResult, 'how' | 'warnings'>;

/** The contract of `failover --json`. */
export interface FailoverResult {
	outcome: 'failed-over';
	environment: string;
	/** Who was active; null where nobody was. */
	from: string | null;
	/** Who is now. */
	to: string;
	cause: 'asked';
	/** From the order until the flows run in `to` and the router's traffic goes there, in milliseconds. */
	tookMs: number;
	/** `resigned`: its runner let the seat go; `killed`: its runner did not answer; null as `from`. */
	how: 'resigned' | 'killed' | null;
	/** What was not as it should be, though the flows run. */
	warnings: string[];
}

/**
 * Takes the active role away from who has it, without a drain, and waits until a spare has it and the traffic. The caller holds
 * the lock, and has recovered.
 * @throws FlowferryError NOTHING_SERVES, what `planForcedFailover` throws, FAILOVER_UNFINISHED and TRAFFIC_ELSEWHERE (exit 5)
 */
export async function forceFailover(setting: Setting): Promise<FailoverResult> {
	const { environment, target, progress, interruptMeans } = setting;
	const serving = await servingRelease(target);
	if (!serving) throw nothingServes(environment.name);
	const instances = await target.instances(serving.slot);
	const plan = await planOf(setting, instances);
	interruptMeans('interrupted: what is begun goes on. Once more, and it stops at once; the spare takes over all the same.');
	const began = performance.now();
	const { how, warnings }: Dismissal = plan.from ? await dismiss(plan.from, instances, setting) : { how: null, warnings: [] };
	const to = await untilTakenOver(plan, instances, setting);
	progress(`waiting for the traffic to go to ${to}`);
	await untilTrafficFlowsTo(to, setting);
	const tookMs = Math.round(performance.now() - began);
	if (how === 'killed') warnings.push(...(await startAgain(target, serving.slot, setting)));
	const from = plan.from?.instance ?? null;
	if (to === from) warnings.push(`${plan.spare} did not take over: the flows run in ${to} again`);
	return { outcome: 'failed-over', environment: environment.name, from, to, cause: 'asked', tookMs, how, warnings };
}

async function planOf({ environment, target }: Setting, instances: Instance[]): Promise<ForcedFailover> {
	return planForcedFailover({
		environment: environment.name,
		instances: await askAll(instances),
		leases: await target.leases.list(),
		intent: await target.failover.intent(),
	});
}

/** Resolves when the seat is free, or somebody else has it. */
async function dismiss(from: NonNullable<ForcedFailover['from']>, instances: Instance[], setting: Setting): Promise<Dismissal> {
	const { environment, target, progress, by } = setting;
	const { instance: name, seat, token } = from;
	const active = instances.find((instance) => instance.name === name);
	progress(`telling ${name} to let the active role go`);
	const resigned =
		from.answers &&
		(await active?.resign(`failover by ${by}`, environment.timeouts.answerMs).then(
			() => true,
			() => false,
		));
	if (resigned) return { how: 'resigned', warnings: [] };
	progress(`${name} does not answer; it is killed`);
	// Of one whose machine is lost nobody tells that it has ended. The end of its lease is the proof that counts.
	const warnings: string[] = [];
	await target.kill(name).catch((error: Error) => {
		if (isLockLost(error)) throw error;
		warnings.push(error.message);
	});
	// Its runner cannot say it any more; the spare reads here why it takes over.
	await target.failover.record({
		at: new Date().toISOString(),
		atMs: (await target.clock()).nowMs(),
		seat,
		token,
		instance: name,
		role: 'standby',
		cause: 'asked',
		detail: `failover by ${by}; its runner did not answer, and ${warnings.length === 0 ? 'was killed' : 'nobody tells that it ended'}`,
		before: null,
		tookMs: null,
	});
	progress(`waiting for the end of ${name}'s lease`);
	// It ends by itself, in its ttl at most: nobody renews it.
	const end = performance.now() + environment.lease.ttlMs + environment.timeouts.stopMs;
	while ((await target.leases.list()).some((lease) => lease.seat === seat && lease.token === token)) {
		if (performance.now() > end) {
			throw unfinished(environment.name, [`${name} could not be ended: it renews its lease still`, ...warnings].join('; '));
		}
		await sleep(POLL_MS);
	}
	return { how: 'killed', warnings };
}

/** @returns the instance whose flows run */
async function untilTakenOver(plan: ForcedFailover, instances: Instance[], { environment, target, progress }: Setting): Promise<string> {
	const { activateMs } = environment.timeouts;
	progress(`waiting for ${plan.spare} to run the flows`);
	if (plan.by === 'order') {
		const spare = instances.find(({ name }) => name === plan.spare) as Instance;
		await spare.activate(activateMs);
		await target.router.route(await untilUpstreams([spare], activateMs));
		return plan.spare;
	}
	const end = performance.now() + activateMs;
	const before = plan.from?.token ?? 0;
	while (performance.now() < end) {
		const active = (await activeInstances(instances)).find(
			({ status }) => status.state === 'active' && (status.lease?.token ?? 0) > before,
		);
		if (active) return active.instance.name;
		await sleep(POLL_MS);
	}
	throw unfinished(environment.name, `no spare has taken over within ${activateMs} ms (timeouts.activateMs)`);
}

function unfinished(environment: string, why: string): FlowferryError {
	return new FlowferryError({
		code: 'FAILOVER_UNFINISHED',
		message: `the failover of ${environment} was begun and did not come through: ${why}`,
		hint: `flowferry status ${environment} shows who is where; flowferry up ${environment} makes one of them active`,
		exitStatus: ExitStatus.needsOperator,
	});
}

async function untilTrafficFlowsTo(instance: string, { environment, target }: Setting): Promise<void> {
	const { activateMs } = environment.timeouts;
	const end = performance.now() + activateMs;
	while (performance.now() < end) {
		const traffic = (await target.router.status().catch(() => null))?.traffic;
		if (
			traffic?.state === 'flowing' &&
			traffic.upstreams.length > 0 &&
			traffic.upstreams.every((upstream) => upstream.instance === instance)
		)
			return;
		await sleep(POLL_MS);
	}
	throw new FlowferryError({
		code: 'TRAFFIC_ELSEWHERE',
		message: `${instance} runs the flows of ${environment.name}, but the router's traffic does not go there`,
		hint: `flowferry up ${environment.name} starts the router where it has ended, and sends the traffic to ${instance}`,
		exitStatus: ExitStatus.needsOperator,
	});
}

/** Who was killed is to be a spare again; that it does not come up takes nothing from the failover. */
async function startAgain(target: Target, slot: SlotName, { progress }: Setting): Promise<string[]> {
	try {
		await target.start(slot, progress);
		return [];
	} catch (error) {
		return [(error as Error).message];
	}
}
