import type { ApprovalBase, AuditEntry } from '../audit/audit-log.ts';
import { type Actor, isMeant, isSamePerson } from './actor.ts';

/** Somebody's consent to one snapshot, or to one saved plan. */
export interface Approval extends ApprovalBase {
	who: Actor;
	time: string;
	snapshot: string;
	/** The checksum of the saved plan that was approved; null: the snapshot, however it is promoted. */
	plan: string | null;
}

/** What is to be promoted. */
export interface Proposal extends ApprovalBase {
	snapshot: string;
	/** Null where no saved plan is applied. */
	plan: string | null;
}

/** The approvals that the audit has. Pure. */
export function readApprovals(entries: readonly AuditEntry[]): Approval[] {
	return entries.flatMap(({ action, who, time, subject: { snapshot, plan }, approval }) =>
		action === 'approve' && approval && snapshot !== null ? [{ who, time, snapshot, plan, ...approval }] : [],
	);
}

/**
 * Those that count for a proposal: for that very snapshot and, where a plan was approved, that plan; given since the release that
 * serves began to; by somebody else than who promotes, who may approve; one of each person. Pure.
 */
export function countingApprovals(
	approvals: readonly Approval[],
	proposal: Proposal,
	promoter: Actor,
	approvers: readonly string[],
): Approval[] {
	const counting: Approval[] = [];
	for (const approval of approvals) {
		const { who, snapshot, plan, serving, change } = approval;
		const holds = snapshot === proposal.snapshot && serving === proposal.serving && change === proposal.change;
		const isForIt = plan === null || plan === proposal.plan;
		const isAnother = [promoter, ...counting.map((each) => each.who)].every(({ identity }) => !isSamePerson(identity, who.identity));
		if (holds && isForIt && isAnother && approvers.some((pattern) => isMeant(pattern, who))) counting.push(approval);
	}
	return counting;
}
