import { autoscaleOf } from '../config/autoscale.ts';
import type { Instance } from '../targets/instance.ts';
import type { Reach } from '../targets/target.ts';
import { type Checked, runChecks } from './checks/run-checks.ts';
import type { ReleaseActivity } from './compare-releases.ts';
import { moreErrors, together } from './compare-releases.ts';
import type { CutoverContext } from './context.ts';
import type { StrategyActions } from './run.ts';
import { routerAddress, runVariables } from './run-variables.ts';
import { sideInstances } from './sides.ts';
import type { KnownInstance } from './slot-instances.ts';
import { activeInstances } from './slot-instances.ts';
import type { Crashes } from './verify.ts';
import { verifyInstances } from './verify.ts';

/**
 * Proves that the new release serves: its instances, the user's checks, and its errors beside the old release's. Once
 * while requests are held, and again at each round of the bake time.
 * @param before how often its Node-REDs had ended when the bake time began
 * @throws Error that says why it must go back
 */
export async function verifyRelease(context: CutoverContext, before?: Crashes): Promise<void> {
	const { target, to, environment, report } = context;
	const verify = (instances: Instance[]) =>
		verifyInstances(instances, seatsToFill(context, instances), (found) => insist(context, check(context, found)), before);
	const { problems, active } = await withThoseThatStay(() => sideInstances(target, to), verify);
	report.problems = problems;
	report.after = activityOf(active);
	const worse = report.after && moreErrors(report.before, report.after, environment.errorRate);
	if (worse && context.insists) throw new Error(worse);
}

/** How many are to be active. What an autoscaler is adding becomes active by itself, in a moment. */
function seatsToFill({ environment }: CutoverContext, { length }: Instance[]): number {
	if (environment.mode === 'hot-spare') return 1;
	return Math.min(length, autoscaleOf(environment)?.from ?? length);
}

/** Where an autoscaler has taken some away meanwhile, what failed is done again with those that are left. */
async function withThoseThatStay<T>(list: () => Promise<Instance[]>, work: (instances: Instance[]) => Promise<T>): Promise<T> {
	for (let instances = await list(); ; ) {
		try {
			return await work(instances);
		} catch (error) {
			const left = await list();
			if (left.length >= instances.length) throw error;
			instances = left;
		}
	}
}

/** Makes the user's checks, from this machine. */
async function check(context: CutoverContext, active: KnownInstance[]): Promise<void> {
	const { target, environment, runCommand } = context;
	if (environment.checks.length === 0) return;
	const reached: Reach[] = [];
	try {
		const router = await routerAddress(context);
		const checked: Checked[] = [];
		for (const { status } of active) {
			const reach = await target.reach(status.url ?? '');
			reached.push(reach);
			checked.push({
				instance: status.instance,
				url: reach.url,
				variables: runVariables(context, { instance: reach.url, router }),
			});
		}
		await runChecks(environment.checks, checked, runCommand, environment.timeouts.verifyMs);
	} finally {
		for (const reach of reached) reach.close();
	}
}

/** Looks at what the old release did lately, as the last thing before it is touched: its counts end with its flows. */
export function withBaseline(actions: StrategyActions, { target, from, report }: CutoverContext): StrategyActions {
	const hold = async () => {
		report.before = from && activityOf(await activeInstances(await sideInstances(target, from)));
		await actions.steps.hold();
	};
	return { ...actions, steps: { ...actions.steps, hold } };
}

function activityOf(active: KnownInstance[]): ReleaseActivity | null {
	return together(active.flatMap(({ status: { agent } }) => (agent ? [{ ...agent.recent, silentMs: agent.silentMs }] : [])));
}

/** Where the promotion is to come through whatever the user's own conditions say, what fails is a warning. */
export async function insist({ insists, report }: CutoverContext, work: Promise<void>): Promise<void> {
	try {
		await work;
	} catch (error) {
		if (insists) throw error;
		report.remarks.push((error as Error).message);
	}
}
