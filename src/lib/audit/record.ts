import type { Redact } from '../config/secrets.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Journal } from '../promotion/journal.ts';
import type { AuditDraft, AuditEntry, AuditLog, AuditOutcome } from './audit-log.ts';
import { endingOf, leftEntries, type Onlooker, promotionOf } from './settle.ts';

/** Codes of errors that say: it is not allowed. */
const refusals: ReadonlySet<string> = new Set(['NOT_ALLOWED', 'WINDOW_CLOSED', 'APPROVAL_MISSING', 'STAGE_SKIPPED', 'PLAN_STALE']);

/** What is about to be done. */
export type Act = Omit<AuditDraft, 'event'>;

export interface Recording {
	audit: AuditLog;
	/** Reasons and messages go through it. */
	redact: Redact;
	/** Told what could not be written, once the work is done: it stays done. */
	note: (message: string) => void;
}

/** Does something, with an entry before it and one after. */
export async function recorded<R>({ audit, redact, note }: Recording, act: Act, work: (begun: AuditEntry) => Promise<R>): Promise<R> {
	const begun = await audit.append({ ...act, event: { kind: 'begun' } });
	const end = async (outcome: AuditOutcome, release: number | null, error?: { code: string | null; message: string }) => {
		const subject = { ...act.subject, release: release ?? act.subject.release };
		// Who stood still past its lock finds that somebody else has ended this.
		if (await isEnded(audit, begun.sequence).catch(() => false)) return;
		const { code = null, message = null } = error ?? {};
		const event = { kind: 'ended', begun: begun.sequence, outcome, code, reason: message && redact(message) } as const;
		await audit
			.append({ ...act, subject, event })
			.catch((cause: Error) => note(`the end of this could not be written into the audit: ${cause.message}`));
	};
	try {
		const result = await work(begun);
		const { outcome, release } = (result ?? {}) as { outcome?: unknown; release?: unknown };
		await end(outcome === 'paused' ? 'paused' : 'done', typeof release === 'number' ? release : null);
		return result;
	} catch (error) {
		const { message } = error as Error;
		await end(outcomeOf(error), null, { code: error instanceof FlowferryError ? error.code : null, message });
		throw error;
	}
}

async function isEnded(audit: AuditLog, sequence: number): Promise<boolean> {
	return (await audit.read(sequence)).entries.some(({ event }) => event.kind === 'ended' && event.begun === sequence);
}

function outcomeOf(error: unknown): AuditOutcome {
	if (!(error instanceof FlowferryError)) return 'failed';
	if (error.exitStatus === ExitStatus.rolledBack) return 'rolled back';
	return error.exitStatus === ExitStatus.needsOperator ? 'needs operator' : 'failed';
}

/** Writes down that something was refused, where the error says that. @throws what `work` throws */
export async function refusalsRecorded<R>({ audit, redact, note }: Recording, act: Act, work: () => Promise<R>): Promise<R> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof FlowferryError && refusals.has(error.code)) {
			const event = { kind: 'refused', code: error.code, reason: redact(error.message) } as const;
			await audit
				.append({ ...act, event })
				.catch((cause: Error) => note(`the refusal could not be written into the audit: ${cause.message}`));
		}
		throw error;
	}
}

/** How far back promotions of commands that are gone are looked for. */
const PROMOTIONS_LOOKED_AT = 100;

/**
 * Writes the end of what others began and could not end, since they were killed. The caller holds the lock, and has recovered.
 * @param own what the caller began
 */
export async function settle({ audit, redact, note }: Recording, journal: Journal, own: AuditEntry, onlooker: Onlooker): Promise<void> {
	try {
		const left = leftEntries((await audit.read()).entries, onlooker).filter(({ sequence }) => sequence !== own.sequence);
		if (left.length === 0) return;
		const history = await journal.history(PROMOTIONS_LOOKED_AT);
		for (const entry of left) {
			const promotion = promotionOf(entry, history);
			const event = endingOf(entry, promotion);
			if (event?.kind !== 'ended') continue;
			const { action, subject } = entry;
			const release = promotion?.to.release.number ?? subject.release;
			await audit.append({
				action,
				who: own.who,
				subject: { ...subject, release },
				event: { ...event, reason: event.reason && redact(event.reason) },
			});
		}
	} catch (cause) {
		note(`what an interrupted command came to could not be written into the audit: ${(cause as Error).message}`);
	}
}
