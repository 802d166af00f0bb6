import type { Kind } from './kinds.ts';
import type { DrillSummary } from './summary.ts';

/**
 * The most that the median time to the first message may be, in milliseconds; of a freeze: half a second beyond the lease's ttl, which is
 * 2000 by default. A lost store has to come back first.
 */
const mayTakeMs: Record<Kind, number | null> = { crash: 500, hang: 2500, freeze: 2500, 'store-loss': null };

/** What should have come out and did not: one sentence each. */
export function missedAims({
	kind,
	serveMs,
	lost,
	doubleActiveMs,
}: Pick<DrillSummary, 'kind' | 'serveMs' | 'lost' | 'doubleActiveMs'>): string[] {
	const missed: string[] = [];
	const limit = mayTakeMs[kind];
	if (limit !== null && serveMs.median > limit)
		missed.push(`the median time to the first message is ${serveMs.median} ms, not ${limit} ms`);
	if (lost > 0) missed.push(`${lost} messages were lost`);
	if (doubleActiveMs > 0) missed.push(`two instances handled messages for ${doubleActiveMs} ms`);
	return missed;
}
