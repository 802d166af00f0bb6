import type { Kind } from './kinds.ts';
import type { DrillSummary } from './summary.ts';

/** After the lease's end: for a spare to see it, and to start its flows. */
const BEYOND_TTL_MS = 500;

/**
 * The most that the median time to the first message may be, in milliseconds; null: as long as it takes. One that is frozen is waited
 * for until its lease ends; a lost store has to come back first.
 */
function mayTakeMs(kind: Kind, ttlMs: number | null): number | null {
	switch (kind) {
		case 'crash':
			return 500;
		case 'hang':
			return 2500;
		case 'freeze':
			return ttlMs === null ? null : ttlMs + BEYOND_TTL_MS;
		case 'store-loss':
			return null;
	}
}

/**
 * What should have come out and did not: one sentence each.
 * @param ttlMs how long a lease lasts there; null where none proves who is active
 */
export function missedAims(
	{ kind, serveMs, lost, doubleActiveMs }: Pick<DrillSummary, 'kind' | 'serveMs' | 'lost' | 'doubleActiveMs'>,
	ttlMs: number | null,
): string[] {
	const missed: string[] = [];
	const limit = mayTakeMs(kind, ttlMs);
	if (limit !== null && serveMs.median > limit)
		missed.push(`the median time to the first message is ${serveMs.median} ms, not ${limit} ms`);
	if (lost > 0) missed.push(`${lost} messages were lost`);
	if (doubleActiveMs > 0) missed.push(`two instances handled messages for ${doubleActiveMs} ms`);
	return missed;
}
