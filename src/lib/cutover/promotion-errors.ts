import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { SavedPlan } from '../plan/saved-plan.ts';
import type { PromotionDraft } from '../promotion/journal.ts';
import type { PromotionState } from '../promotion/machine.ts';
import type { ContextReport } from './carry-context.ts';
import { contextWarnings } from './promotion-warnings.ts';

/** Nothing was ever promoted. */
export function nothingServes(environment: string): FlowferryError {
	return new FlowferryError({
		code: 'NOTHING_SERVES',
		message: `nothing was ever promoted to ${environment}`,
		hint: `promote a snapshot: flowferry promote ${environment}`,
	});
}

/** A saved plan that is no longer what would be done: exit status 6. @param reasons sentences without their full stop */
export function planStale({ environment, time, author }: SavedPlan, reasons: readonly string[]): FlowferryError {
	return new FlowferryError({
		code: 'PLAN_STALE',
		message: `the plan for ${environment} that ${author} made at ${time} is stale:\n${reasons.map((reason) => `  ${reason}`).join('\n')}`,
		hint: `nothing was changed; make a new one: flowferry plan ${environment} --out FILE`,
		docs: 'docs/guides/stages.md',
		exitStatus: ExitStatus.declined,
	});
}

/** It was undone: exit status 4. @param contextBack what of the new flows' context went back to the old */
export function rolledBack(
	environment: string,
	{ from, to }: PromotionDraft,
	state: Extract<PromotionState, { kind: 'rolled back' }>,
	contextBack: ContextReport | null,
): FlowferryError {
	const now = from ? `Release ${from.release.number} serves, as before.` : 'Nothing served before, and nothing does now.';
	const back = contextBack ? [`${contextBack.carried} context key(s) were carried back.`, ...contextWarnings(contextBack)] : [];
	return new FlowferryError({
		code: 'CUTOVER_ROLLED_BACK',
		message: `${to.instance ? `${to.instance} did not take over` : `release ${to.release.number} did not go active`} in ${environment}: '${state.failed}' failed: ${state.cause}\n${[now, ...back].join('\n')}`,
		hint: to.instance
			? `mend the cause, and switch over again; \`flowferry status ${environment}\` shows the instances, and their logs tell more`
			: 'mend the cause, take a new snapshot if the flows changed, and promote again',
		docs: 'docs/exit-status.md',
		exitStatus: ExitStatus.rolledBack,
	});
}

/** It could neither go on nor back: exit status 5. */
export function needsOperator(environment: string, state: Extract<PromotionState, { kind: 'needs operator' }>): FlowferryError {
	return new FlowferryError({
		code: 'OPERATOR_NEEDED',
		message: `${environment}: '${state.failed}' failed (${state.cause}), and could not be undone: ${state.reason}`,
		hint: `look at \`flowferry status ${environment}\` and mend what it shows; then \`flowferry resume ${environment}\` tries to undo it again`,
		docs: 'docs/exit-status.md',
		exitStatus: ExitStatus.needsOperator,
	});
}

/** The new release failed while it was watched, and the old one serves again: exit status 4. */
export function rolledBackWhileBaking(environment: string, { from, to }: PromotionDraft, reason: string): FlowferryError {
	return new FlowferryError({
		code: 'BAKE_FAILED',
		message: `release ${to.release.number} served in ${environment}, but did not stand its bake time: ${reason}\nRelease ${from?.release.number} serves again.`,
		hint: `mend the cause, and promote again; release ${to.release.number} stays warm in ${to.slot}, and its log tells more`,
		docs: 'docs/exit-status.md',
		exitStatus: ExitStatus.rolledBack,
	});
}

/** The new release failed while it was watched, and serves on: exit status 5. @param why nothing brought another back */
export function servesThoughItFails(environment: string, { to }: PromotionDraft, reason: string, why: string): FlowferryError {
	return new FlowferryError({
		code: 'BAKE_FAILED_AND_SERVES',
		message: `release ${to.release.number} did not stand its bake time: ${reason}\nIt serves in ${environment} all the same: ${why}`,
		hint: `look at \`flowferry status ${environment}\`, then bring over what you trust: flowferry rollback ${environment} --to N, or promote a mended version`,
		docs: 'docs/exit-status.md',
		exitStatus: ExitStatus.needsOperator,
	});
}
