import type { Actor } from '../protection/actor.ts';

/** What is done to an environment. */
export const auditActions = [
	'promote',
	'continue',
	'rollback',
	'switchover',
	'abort',
	'resume',
	'up',
	'down',
	'drill',
	'failover',
	'failover pause',
	'failover resume',
	'approve',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What it is done with; null where it is about no such thing, or that is not known yet. */
export interface AuditSubject {
	/** A snapshot's id. */
	snapshot: string | null;
	/** A release's number. */
	release: number | null;
	/** The checksum of the saved plan. */
	plan: string | null;
	/** Why whoever did it did not mind windows, approvals or stages. */
	override: string | null;
}

export type AuditEvent =
	| { kind: 'begun' }
	/** Done in one go. */
	| { kind: 'done' }
	/** It was not allowed, and nothing was done. */
	| { kind: 'refused'; code: string; reason: string }
	/**
	 * @property begun the sequence number of the entry that it ends. Its writer is who saw the end: where a command was killed,
	 * somebody else.
	 */
	| { kind: 'ended'; begun: number; outcome: AuditOutcome; code: string | null; reason: string | null };

/**
 * `failed`: nothing changed, or as the reason says · `rolled back`: it was undone · `paused`: it waits for `--continue` ·
 * `interrupted`: whoever did it was gone before it came to anything · `needs operator`: as exit status 5
 */
export type AuditOutcome = 'done' | 'failed' | 'rolled back' | 'paused' | 'interrupted' | 'needs operator';

export interface AuditDraft {
	action: AuditAction;
	who: Actor;
	subject: AuditSubject;
	event: AuditEvent;
	/** For an approval, what it holds for besides its subject. */
	approval?: ApprovalBase;
}

/** What served when it was given: it ends when something else does. */
export interface ApprovalBase {
	/** Null before the first promotion. */
	serving: number | null;
	/** The latest promotion or rollback that came through; 0 before the first. */
	change: number;
}

export interface AuditEntry extends AuditDraft {
	/** 1, 2, 3 … for each environment. */
	sequence: number;
	/** ISO 8601, UTC. */
	time: string;
	/** The hash of the entry before; 64 zeros in the first. */
	previous: string;
	/** 64 hex digits, of the entry before and of all that is said here. */
	hash: string;
}

/** Who did what to an environment, kept with its target: append-only, and durable when a promise resolves. */
export interface AuditLog {
	append(draft: AuditDraft): Promise<AuditEntry>;
	/** As it was at one moment, whoever writes meanwhile. @param after only entries with a higher number; default: all */
	read(after?: number): Promise<AuditContent>;
}

export interface AuditContent {
	/** The earliest first. */
	entries: AuditEntry[];
	/** The last entry as it was noted apart; null in an empty log. */
	head: AuditHead | null;
}

export interface AuditHead {
	sequence: number;
	hash: string;
}
