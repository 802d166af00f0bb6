import type { AuditAction } from '../audit/audit-log.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { type Actor, isMeant } from './actor.ts';
import { type Approval, countingApprovals, type Proposal } from './approvals.ts';
import { type Freeze, openingAt, renderMoment, type Window } from './windows.ts';

/** What an environment's configuration says of who may change it, when, and with whose consent. */
export interface Rules {
	by: readonly string[];
	approvals: number;
	approvers?: readonly string[] | undefined;
	override?: readonly string[] | undefined;
	windows: readonly Window[];
	freezes: readonly Freeze[];
}

/** Why something may not be done, now or by them. */
export interface Gate {
	code: 'NOT_ALLOWED' | 'WINDOW_CLOSED' | 'APPROVAL_MISSING';
	message: string;
	hint: string;
}

/**
 * What is asked before an action. An outage must not wait for a window or for a second person: what goes back to something known, or
 * brings it up again, is never asked for more than who does it; and what begins nothing of its own for nothing.
 */
const asked: Record<AuditAction, readonly Gate['code'][]> = {
	promote: ['NOT_ALLOWED', 'WINDOW_CLOSED', 'APPROVAL_MISSING'],
	// Its approvals were asked for when it began.
	continue: ['NOT_ALLOWED', 'WINDOW_CLOSED'],
	switchover: ['NOT_ALLOWED', 'WINDOW_CLOSED'],
	down: ['NOT_ALLOWED', 'WINDOW_CLOSED'],
	drill: ['NOT_ALLOWED', 'WINDOW_CLOSED'],
	rollback: ['NOT_ALLOWED'],
	abort: ['NOT_ALLOWED'],
	failover: ['NOT_ALLOWED'],
	'failover pause': ['NOT_ALLOWED'],
	'failover resume': ['NOT_ALLOWED'],
	// By its own rule: who may approve.
	approve: [],
	resume: [],
	up: [],
};

export interface Attempt {
	environment: string;
	action: AuditAction;
	actor: Actor;
	now: Date;
	/** It goes on whatever windows, approvals and stages say, for a reason that is recorded. */
	override: boolean;
	/** Only for a promotion. */
	proposal: Proposal | null;
	approvals: readonly Approval[];
}

/** What stands in the way of an action; nothing: it may be done. Pure. */
export function decideGates(rules: Rules, attempt: Attempt): Gate[] {
	const codes = asked[attempt.action];
	if (codes.length === 0) return [];
	if (attempt.override) return [overrideGate(rules, attempt)].filter((gate) => gate !== null);
	const gates = [whoGate(rules, attempt), whenGate(rules, attempt), approvalGate(rules, attempt)];
	return gates.filter((gate) => gate !== null).filter(({ code }) => codes.includes(code));
}

function whoGate({ by }: Rules, { actor, action, environment }: Attempt): Gate | null {
	if (by.some((pattern) => isMeant(pattern, actor))) return null;
	return notAllowed(
		`${nameActor(actor)} may not ${action === 'continue' ? 'promote to' : action} ${environment}: it is changed by ${by.join(', ')}`,
	);
}

function overrideGate({ by, override = by }: Rules, { actor, environment }: Attempt): Gate | null {
	if (override.some((pattern) => isMeant(pattern, actor))) return null;
	const who = override.length === 0 ? 'nobody may' : `that is for ${override.join(', ')}`;
	return notAllowed(`${nameActor(actor)} may not override the protection of ${environment}: ${who}`);
}

function notAllowed(message: string): Gate {
	return {
		code: 'NOT_ALLOWED',
		message,
		hint: 'have one of them do it; `protected` in the configuration says who is meant, and docs/guides/stages.md how an identity is found',
	};
}

/** `github:octocat`, or `Name <mail>, as git says`. */
export function nameActor({ identity, source }: Actor): string {
	const origins = { ci: '', configuration: '', git: ', as git says,', login: ', by the login name,' } as const;
	return `${identity}${origins[source]}`;
}

function whenGate({ windows, freezes }: Rules, { environment, now }: Attempt): Gate | null {
	const opening = openingAt(windows, freezes, now);
	if (opening.open) return null;
	const { because, opensAt } = opening;
	const zone = windows[0]?.timeZone ?? freezes[0]?.timeZone ?? 'UTC';
	return {
		code: 'WINDOW_CLOSED',
		message: `${environment} may not be changed now: ${because}`,
		hint: `${opensAt ? `it may again from ${renderMoment(opensAt, zone)}` : 'it may not within a year'}; what cannot wait: --override REASON, which is recorded. A rollback is always possible.`,
	};
}

function approvalGate({ approvals: needed, by, approvers = by }: Rules, { environment, actor, proposal, approvals }: Attempt): Gate | null {
	if (!proposal || needed === 0) return null;
	const given = countingApprovals(approvals, proposal, actor, approvers);
	if (given.length >= needed) return null;
	const so = given.length === 0 ? '' : `, and has ${given.length}: of ${given.map(({ who }) => who.identity).join(', ')}`;
	const what = proposal.plan === null ? `snapshot ${shortId(proposal.snapshot)}` : `the plan ${shortId(proposal.plan)}`;
	return {
		code: 'APPROVAL_MISSING',
		message: `${environment} wants ${needed} approval${needed === 1 ? '' : 's'} of ${what} by somebody else than ${actor.identity}${so}`,
		hint: `have it approved by ${approvers.join(', ')}: flowferry approve ${environment} ${proposal.plan === null ? `--snapshot ${shortId(proposal.snapshot)}` : '--plan FILE'}`,
	};
}
