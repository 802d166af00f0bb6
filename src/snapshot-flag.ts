import { Flags } from '@oclif/core';
import type { Context } from './context.ts';
import type { EnvironmentSession } from './environment-command.ts';
import { planPromotion } from './lib/cutover/plan-promotion.ts';
import { type Severity, severities } from './lib/lint/finding.ts';
import type { Plan } from './lib/plan/plan.ts';
import type { Capture } from './lib/snapshot/capture.ts';
import { captureSnapshot } from './lib/snapshot/capture.ts';
import type { Snapshot } from './lib/snapshot/snapshot.ts';

/** Which snapshot a command is about. */
export const snapshotFlag = () =>
	Flags.string({ char: 's', description: "A stored snapshot's id, 7 digits or more; default: the dev Node-RED as it is now" });

export const failOnFlag = () =>
	Flags.option({
		options: [...severities, 'never'] as const,
		description: "The severity from which lint findings stop a promotion; default: the environment's failOn",
	})();

/** The stored snapshot of that id; without one, a snapshot of the dev Node-RED, stored. */
async function resolveSnapshot(context: Context, id: string | undefined): Promise<Capture> {
	if (id !== undefined) return { snapshot: await context.snapshots.get(id), warnings: [] };
	const capture = await captureSnapshot(context.dev, { message: '', author: await context.author(), now: context.now });
	await context.snapshots.put(capture.snapshot);
	return capture;
}

/** The snapshot that a command is about, with the plan of its promotion; what it could not hold is among the plan's warnings. */
export async function planSnapshot(
	{ context, environment, target }: EnvironmentSession,
	{ id, failOn }: { id: string | undefined; failOn: Severity | 'never' | undefined },
): Promise<{ snapshot: Snapshot; plan: Plan }> {
	const { snapshot, warnings } = await resolveSnapshot(context, id);
	const { lint } = context.config;
	const setting = { environment, target, loadSnapshot: context.snapshots.get, inherited: Object.keys(context.inherited), lint };
	const plan = await planPromotion({ ...setting, ...(failOn && { failOn }) }, snapshot);
	return { snapshot, plan: { ...plan, warnings: [...plan.warnings, ...warnings] } };
}
