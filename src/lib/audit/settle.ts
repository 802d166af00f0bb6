import type { PromotionRecord } from '../promotion/journal.ts';
import type { AuditEntry, AuditEvent } from './audit-log.ts';

/** What was begun, and has no end yet. Pure. */
export function openEntries(entries: readonly AuditEntry[]): AuditEntry[] {
	const ended = new Set(entries.flatMap(({ event }) => (event.kind === 'ended' ? [event.begun] : [])));
	return entries.filter(({ event, sequence }) => event.kind === 'begun' && !ended.has(sequence));
}

/**
 * How something ended whose command is gone, by what the journal has of its promotion; null where nobody has ended that yet. Pure.
 * @param history the environment's promotions
 */
export function endingOf({ sequence, time, who }: AuditEntry, history: readonly PromotionRecord[]): AuditEvent | null {
	const promotion = history.findLast(({ by, started }) => by === who.operator && started >= time) ?? null;
	const ended = { kind: 'ended', begun: sequence, code: null } as const;
	if (!promotion) return { ...ended, outcome: 'interrupted', reason: 'the command was gone before it had begun a promotion' };
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
