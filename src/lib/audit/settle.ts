import type { PromotionRecord } from '../promotion/journal.ts';
import type { AuditAction, AuditEntry, AuditEvent } from './audit-log.ts';

/** What was begun, and has no end yet. Pure. */
export function openEntries(entries: readonly AuditEntry[]): AuditEntry[] {
	const ended = new Set(entries.flatMap(({ event }) => (event.kind === 'ended' ? [event.begun] : [])));
	return entries.filter(({ event, sequence }) => event.kind === 'begun' && !ended.has(sequence));
}

/** Somebody else may have the lock while they are under way: that one is open does not say that its process is gone. */
const withoutLock: ReadonlySet<AuditAction> = new Set(['drill', 'abort']);

/** What takes no lock is never under way for so long. */
const LONGEST_MS = 3_600_000;

/** Who asks what others left behind. */
export interface Onlooker {
	/** `user@host (pid 123)`. */
	operator: string;
	now: Date;
	/** Whether there is such a process on this host. */
	isAlive: (pid: number) => boolean;
}

/** What was begun, has no end, and gets none from whoever began it: they are gone. To be asked under the environment's lock. Pure. */
export function leftEntries(entries: readonly AuditEntry[], onlooker: Onlooker): AuditEntry[] {
	return openEntries(entries).filter((entry) => !withoutLock.has(entry.action) || isGone(entry, onlooker));
}

/** Of another host's processes nothing is known but how long ago they began. */
function isGone({ time, who }: AuditEntry, { operator, now, isAlive }: Onlooker): boolean {
	const [process, own] = [processOf(who.operator), processOf(operator)];
	const isKnown = process !== null && process.host === own?.host;
	return (isKnown && !isAlive(process.pid)) || now.getTime() - Date.parse(time) > LONGEST_MS;
}

function processOf(operator: string): { host: string; pid: number } | null {
	const [, host, pid] = /@([^@]+) \(pid (\d+)\)$/.exec(operator) ?? [];
	return host === undefined ? null : { host, pid: Number(pid) };
}

/**
 * The promotion that somebody's entry began, or went on with; null where the journal has none. Pure.
 * @param history the environment's promotions, the latest first
 */
export function promotionOf({ action, time, who, subject }: AuditEntry, history: readonly PromotionRecord[]): PromotionRecord | null {
	// The journal says who began a promotion, and each makes a release of its own.
	if (action === 'continue') return history.find(({ kind, to }) => kind === 'promote' && to.release.number === subject.release) ?? null;
	return history.findLast(({ by, started }) => by === who.operator && started >= time) ?? null;
}

/** How something ended whose command is gone, by what became of its promotion; null where nobody has ended that yet. Pure. */
export function endingOf({ sequence }: AuditEntry, promotion: PromotionRecord | null): AuditEvent | null {
	const ended = { kind: 'ended', begun: sequence, code: null } as const;
	if (!promotion) return { ...ended, outcome: 'interrupted', reason: 'the command was gone, and had begun no promotion' };
	const { id, state } = promotion;
	switch (state.kind) {
		case 'rolled back':
			return { ...ended, outcome: 'rolled back', reason: `promotion ${id}: '${state.failed}': ${state.cause}` };
		case 'baking':
		case 'retired':
			return { ...ended, outcome: 'done', reason: `promotion ${id} came through; the command was gone before it could say so` };
		case 'paused':
			return { ...ended, outcome: 'paused', reason: `promotion ${id}; the command was gone before it could say so` };
		default:
			return null;
	}
}
