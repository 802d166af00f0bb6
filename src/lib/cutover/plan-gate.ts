import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { STAGE_SKIPPED } from '../plan/blockers.ts';
import type { Blocker, Plan } from '../plan/plan.ts';
import { servingRelease } from '../promotion/serving.ts';
import type { Target } from '../targets/target.ts';

/** Whether a plan may be carried out. Apart from its making, which takes the whole lint: most commands only ask. */

/**
 * @param override whether the stage before is not minded
 * @throws FlowferryError for what stands in the way of a plan: LINT_GATE (exit 1), PROMOTION_PAUSED and STAGE_SKIPPED (exit 6), and
 * what the environment lacks (exit 2)
 */
export function assertUnblocked({ blockers }: Pick<Plan, 'blockers'>, override = false): void {
	const [first] = blockers.filter(({ code }) => !override || code !== STAGE_SKIPPED);
	if (!first) return;
	throw new FlowferryError({ ...first, exitStatus: blockedStatus[first.code] });
}

/** With which status a command ends that something stands in the way of. */
export const blockedStatus: Record<Blocker['code'], ExitStatus> = {
	LINT_GATE: ExitStatus.findings,
	VARIABLES_MISSING: ExitStatus.usage,
	CREDENTIALS_MISSING: ExitStatus.usage,
	TYPES_MISSING: ExitStatus.usage,
	NODE_RED_VERSION: ExitStatus.usage,
	PROMOTION_PAUSED: ExitStatus.declined,
	STAGE_SKIPPED: ExitStatus.declined,
};

/**
 * What was shown and agreed to is what is done. The caller holds the lock.
 * @throws FlowferryError PLAN_OUTDATED (exit 6) where another release serves than when the plan was made
 */
export async function assertCurrent({ environment, from }: Plan, target: Target): Promise<void> {
	const serving = await servingRelease(target);
	if (serving?.release.number === from?.release) return;
	const now = serving ? `release ${serving.release.number} serves` : 'nothing serves';
	throw new FlowferryError({
		code: 'PLAN_OUTDATED',
		message: `${environment} has changed since the plan was made: ${now} now, and no longer ${from ? `release ${from.release}` : 'nothing'}`,
		hint: 'nothing was changed; run the command again for a plan of what is now',
		exitStatus: ExitStatus.declined,
	});
}
