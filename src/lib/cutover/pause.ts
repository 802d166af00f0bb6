import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Journal, PromotionRecord } from '../promotion/journal.ts';

/** The promotion that stands ready and waits; null where none does. */
export async function pausedPromotion(journal: Journal): Promise<PromotionRecord | null> {
	const promotion = await journal.unfinished();
	return promotion?.state.kind === 'paused' ? promotion : null;
}

/** What stands in the way of another promotion. */
export function pauseInTheWay(environment: string, { id, by, to }: PromotionRecord) {
	return {
		code: 'PROMOTION_PAUSED' as const,
		message: `promotion ${id} of release ${to.release.number} to ${environment}, by ${by}, is paused before its switch`,
		hint: `go on with it (flowferry promote ${environment} --continue), or give it up (flowferry abort ${environment})`,
	};
}

/** @throws FlowferryError PROMOTION_PAUSED (exit 6) */
export async function assertNonePaused(environment: string, journal: Journal): Promise<void> {
	const paused = await pausedPromotion(journal);
	if (paused) throw new FlowferryError({ ...pauseInTheWay(environment, paused), exitStatus: ExitStatus.declined });
}

/** Why a running promotion must go back, where somebody asked for that. A state that cannot be read just now asks nothing. */
export async function abortReason(journal: Journal, promotion: number): Promise<string | null> {
	const by = await journal.abortAskedBy(promotion).catch(() => null);
	return by === null ? null : abortedBy(by);
}

export function abortedBy(by: string): string {
	return `aborted by ${by}`;
}
