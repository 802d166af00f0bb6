import type { AuditAction } from '../audit/audit-log.ts';
import type { NamedEnvironment } from '../config/environment-of.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Journal } from '../promotion/journal.ts';
import { hasServed } from '../promotion/machine.ts';
import { servingRelease } from '../promotion/serving.ts';
import { type Actor, isMeant } from '../protection/actor.ts';
import { type Approval, countingApprovals, type Proposal, readApprovals } from '../protection/approvals.ts';
import { decideGates, type Gate, nameActor } from '../protection/decide.ts';
import type { Target } from '../targets/target.ts';

/** How far back the latest change of release is looked for. */
const PROMOTIONS_LOOKED_AT = 200;

/** What is asked for, by whom. */
export interface Permission {
	action: AuditAction;
	actor: Actor;
	now: Date;
	/** Why windows, approvals and stages are not minded; null: they are. */
	override: string | null;
	/** What is to be promoted, and as which saved plan. */
	promotes: { snapshot: string; plan: string | null } | null;
}

/** What stands in the way of somebody at this moment, and who has approved: a part of `plan --json`. */
export interface ProtectionState {
	/** What would refuse the promotion now; it may not later. */
	gates: Gate[];
	/** How many approvals it takes, and whose it has. */
	approvals: { needed: number; by: { identity: string; time: string }[] };
}

/** Null where the environment is not protected. */
export async function inspectProtection(
	environment: NamedEnvironment,
	target: Target,
	permission: Permission,
): Promise<ProtectionState | null> {
	const rules = environment.protected;
	if (!rules) return null;
	const { actor, promotes } = permission;
	const proposal = promotes && (await proposalOf(target, promotes));
	const approvals: Approval[] = proposal && rules.approvals > 0 ? readApprovals((await target.audit.read()).entries) : [];
	const gates = decideGates(rules, {
		...permission,
		environment: environment.name,
		override: permission.override !== null,
		proposal,
		approvals,
	});
	const given = proposal ? countingApprovals(approvals, proposal, actor, rules.approvers ?? rules.by) : [];
	return {
		gates,
		approvals: { needed: rules.approvals, by: given.map(({ who, time }) => ({ identity: who.identity, time })) },
	};
}

/** @throws FlowferryError NOT_ALLOWED, WINDOW_CLOSED, APPROVAL_MISSING (exit 6) */
export async function assertPermitted(environment: NamedEnvironment, target: Target, permission: Permission): Promise<void> {
	const [gate] = (await inspectProtection(environment, target, permission))?.gates ?? [];
	if (gate) throw new FlowferryError({ ...gate, docs: 'docs/guides/stages.md', exitStatus: ExitStatus.declined });
}

/** What an approval is given for, or asked for. */
export async function proposalOf(target: Target, promotes: { snapshot: string; plan: string | null }): Promise<Proposal> {
	const serving = (await servingRelease(target))?.release.number ?? null;
	return { ...promotes, serving, change: await latestChange(target.journal) };
}

/** @throws FlowferryError PLAN_OUTDATED (exit 6) where another release has begun to serve since the proposal was looked at */
export async function assertStillProposed(environment: string, proposal: Proposal, target: Target): Promise<void> {
	const { serving, change } = await proposalOf(target, proposal);
	if (serving === proposal.serving && change === proposal.change) return;
	throw new FlowferryError({
		code: 'PLAN_OUTDATED',
		message: `${environment} has changed since the plan was shown: release ${serving} serves since promotion ${change}`,
		hint: 'nothing was approved; run the command again for a plan of what is now',
		exitStatus: ExitStatus.declined,
	});
}

/** The latest promotion or rollback after which another release served; 0 where there was none. */
async function latestChange(journal: Journal): Promise<number> {
	const history = await journal.history(PROMOTIONS_LOOKED_AT);
	return history.find(({ kind, state }) => kind !== 'switchover' && hasServed(state))?.id ?? 0;
}

/** @throws FlowferryError NOT_ALLOWED (exit 6) */
export function assertMayApprove({ name, protected: rules }: NamedEnvironment, actor: Actor): void {
	const approvers = rules?.approvers ?? rules?.by ?? ['*'];
	if (approvers.some((pattern) => isMeant(pattern, actor))) return;
	throw new FlowferryError({
		code: 'NOT_ALLOWED',
		message: `${nameActor(actor)} may not approve for ${name}: that is for ${approvers.join(', ')}`,
		hint: 'have one of them approve; `protected` in the configuration says who is meant',
		docs: 'docs/guides/stages.md',
		exitStatus: ExitStatus.declined,
	});
}
