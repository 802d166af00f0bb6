import { Flags } from '@oclif/core';
import type { Context } from './context.ts';
import type { EnvironmentSession } from './environment-command.ts';
import { choiceBetween, judgeSnapshot, type PlanningSetting, planPromotion } from './lib/cutover/plan-promotion.ts';
import type { CutoverChoice } from './lib/cutover/promote.ts';
import { loadPlugins } from './lib/gate/plugins.ts';
import { type Severity, severities } from './lib/lint/finding.ts';
import { type CutoverStrategy, cutoverStrategies, type FlowVerdict } from './lib/lint/verdict.ts';
import type { Plan } from './lib/plan/plan.ts';
import type { Release } from './lib/promotion/journal.ts';
import type { Capture } from './lib/snapshot/capture.ts';
import type { Snapshot } from './lib/snapshot/snapshot.ts';

/** Which snapshot a command is about. */
export const snapshotFlag = () =>
	Flags.string({ char: 's', description: "A stored snapshot's id, 7 digits or more, or a tag; default: the dev Node-RED as it is now" });

export const allowUnsealedFlag = () =>
	Flags.boolean({ description: 'Take a bundle that anybody may have written, although a passphrase is set to tell' });

export const failOnFlag = () =>
	Flags.option({
		options: [...severities, 'never'] as const,
		description: "The severity from which lint findings stop a promotion; default: the environment's failOn",
	})();

export const strategyFlag = () =>
	Flags.option({
		options: cutoverStrategies,
		description: 'How the old release makes way for the new; default: the strictest that any flow of the two needs',
	})();

/** The stored snapshot of that id; without one, a snapshot of the dev Node-RED, stored. */
async function resolveSnapshot(context: Context, id: string | undefined): Promise<Capture> {
	if (id !== undefined) return { snapshot: await context.snapshots.get(id), warnings: [] };
	const capture = await context.capture('');
	const { unshared } = await context.snapshots.put(capture.snapshot);
	return unshared ? { ...capture, warnings: [...capture.warnings, unshared.message] } : capture;
}

/** The snapshot that a command is about, with the plan of its promotion; what it could not hold is among the plan's warnings. */
export async function planSnapshot(
	session: EnvironmentSession,
	flags: { snapshot?: string | undefined; 'fail-on'?: Severity | 'never' | undefined; strategy?: CutoverStrategy | undefined },
): Promise<{ snapshot: Snapshot; plan: Plan }> {
	const { snapshot, warnings } = await resolveSnapshot(session.context, flags.snapshot);
	const { 'fail-on': failOn, strategy } = flags;
	const plan = await planPromotion(
		{ ...(await planningSetting(session)), ...(failOn && { failOn }), ...(strategy && { strategy }) },
		snapshot,
	);
	return { snapshot, plan: { ...plan, warnings: [...plan.warnings, ...warnings] } };
}

/** For a cutover between two stored releases; the strictest strategy where a snapshot is damaged. */
export function chooserFor(
	session: EnvironmentSession,
	wanted: CutoverStrategy | undefined,
): (from: Release, to: Release) => Promise<CutoverChoice> {
	return async (from, to) => {
		const setting = await planningSetting(session);
		const loaded = await Promise.allSettled([setting.loadSnapshot(from.snapshot), setting.loadSnapshot(to.snapshot)]);
		const [old, next] = loaded.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
		// What cannot be read cannot be judged; a rollback to what is still warm needs no snapshot, any other says what is wrong.
		const choice: CutoverChoice = old && next ? choiceBetween(setting, old, next) : { strategy: 'exclusive', spare: 'warm' };
		return wanted ? { ...choice, strategy: wanted } : choice;
	};
}

/** What the lint says of the flows of a stored snapshot; null where it cannot be read. */
export async function judgeServing(session: EnvironmentSession, snapshot: string): Promise<FlowVerdict[] | null> {
	const setting = await planningSetting(session);
	const loaded = await setting.loadSnapshot(snapshot).catch(() => null);
	return loaded && (judgeSnapshot(setting, loaded).verdicts ?? []);
}

async function planningSetting({ context, environment, target }: EnvironmentSession): Promise<PlanningSetting> {
	const { lint } = context.config;
	const plugin = await loadPlugins(lint.plugins, context.directory);
	return { environment, target, loadSnapshot: context.snapshots.get, inherited: Object.keys(context.inherited), lint, plugin };
}
