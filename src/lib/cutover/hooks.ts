import type { PromotionState, Step } from '../promotion/machine.ts';
import { steps } from '../promotion/machine.ts';
import { withOutput } from './checks/command.ts';
import type { CutoverContext } from './context.ts';
import type { StrategyActions } from './run.ts';
import { routerAddress, runVariables } from './run-variables.ts';
import { sideInstances } from './sides.ts';
import { knownInstances } from './slot-instances.ts';
import { insist } from './verify-release.ts';

/**
 * A strategy's steps with the user's commands before and after each. One that fails makes its step fail, and the
 * promotion goes back; after `release` there is no way back, and it is a warning. The hook before `release` runs at the
 * end of `verify`, for the same reason.
 */
export function withHooks(actions: StrategyActions, context: CutoverContext): StrategyActions {
	const { before, after } = context.environment.hooks;

	const runBefore = async (step: Step) => {
		if (before[step]) await insist(context, runHook(context, before[step], { name: `before ${step}`, step, outcome: '' }));
	};
	const runAfter = async (step: Step, outcome: 'done' | 'failed') => {
		if (after[step]) await insist(context, runHook(context, after[step], { name: `after ${step}`, step, outcome }));
	};
	const wrapped = (step: Step) => async () => {
		if (step !== 'release') await runBefore(step);
		try {
			await actions.steps[step]();
		} catch (error) {
			await warnOnly(context, runAfter(step, 'failed'));
			throw error;
		}
		if (step === 'release') await warnOnly(context, runAfter(step, 'done'));
		else await runAfter(step, 'done');
		if (step === 'verify') await runBefore('release');
	};
	return { ...actions, steps: Object.fromEntries(steps.map((step) => [step, wrapped(step)])) as StrategyActions['steps'] };
}

/** What the environment's hooks are told when a promotion or rollback has ended. After a switchover the same release serves. */
export async function runEndHook(context: CutoverContext, state: PromotionState): Promise<void> {
	const { promoted, rolledBack } = context.environment.hooks;
	if (context.kind === 'switchover') return;
	if (state.kind !== 'baking' && state.kind !== 'retired' && state.kind !== 'rolled back') return;
	const wentOn = state.kind !== 'rolled back' && context.kind === 'promote';
	const command = wentOn ? promoted : rolledBack;
	if (!command) return;
	const cause = state.kind === 'rolled back' ? state.cause : (context.because ?? '');
	const outcome = wentOn ? 'promoted' : 'rolled back';
	await warnOnly(context, runHook(context, command, { name: wentOn ? 'promoted' : 'rolledBack', step: '', outcome, cause }));
}

async function warnOnly({ report }: CutoverContext, work: Promise<void>): Promise<void> {
	await work.catch((error: Error) => report.remarks.push(error.message));
}

async function runHook(
	context: CutoverContext,
	command: string,
	{ name, step, outcome, cause = '' }: { name: string; step: Step | ''; outcome: string; cause?: string },
): Promise<void> {
	const { environment, target, to, progress, runCommand } = context;
	const standing = await knownInstances(await sideInstances(target, to));
	const url = standing.find(({ status }) => status.lease !== null)?.status.url ?? standing[0]?.status.url ?? null;
	const reach = url === null ? null : await target.reach(url);
	try {
		const addresses = { instance: reach?.url ?? null, router: await routerAddress(context) };
		const ofHook = { FLOWFERRY_STEP: step, FLOWFERRY_OUTCOME: outcome, FLOWFERRY_CAUSE: cause };
		const variables = { ...runVariables(context, addresses), ...ofHook };
		const onLine = (line: string) => progress(`hook ${name}: ${line}`);
		const result = await runCommand({ command, variables, timeoutMs: environment.timeouts.hookMs, onLine });
		if (!result.passed) throw new Error(`the hook ${name} failed: it ${withOutput(result)}`);
	} finally {
		reach?.close();
	}
}
