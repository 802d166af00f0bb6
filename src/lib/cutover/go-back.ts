import type { NamedEnvironment } from '../config/environment-of.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { toldInFull } from '../errors/told-in-full.ts';
import type { PromotionDraft, Strategy } from '../promotion/journal.ts';
import type { Progress } from '../targets/target.ts';
import { rolledBackWhileBaking, servesThoughItFails } from './promotion-errors.ts';

interface Setting {
	environment: Pick<NamedEnvironment, 'name'>;
	progress: Progress;
	interruptMeans: (text: string) => void;
}

/**
 * Brings the old release back after the new one failed in its bake time, whatever checks and hooks say of it and whoever
 * interrupts: it served before.
 * @param carryOut runs the rollback; throws where it does not come through
 * @returns what to tell
 */
export async function goBack(
	{ environment: { name }, progress, interruptMeans }: Setting,
	draft: PromotionDraft,
	reason: string,
	carryOut: (back: PromotionDraft) => Promise<{ warnings: string[] }>,
): Promise<FlowferryError> {
	const { from, to, strategy } = draft;
	if (!from) return servesThoughItFails(name, draft, reason, 'nothing served before it');
	interruptMeans('interrupted: it goes on going back. Once more, and it stops at once; the next command then ends it.');
	progress(`release ${to.release.number} fails: ${reason}; going back to release ${from.release.number}`);
	const attempt = (by: Strategy) => carryOut({ kind: 'rollback', strategy: by, from: to, to: from, because: reason });
	try {
		const { warnings } = await attempt(strategy).catch((error: unknown) => {
			// What fails beside the failing flows may still come up after they have stopped.
			if (strategy !== 'exclusive' && error instanceof FlowferryError && error.code === 'CUTOVER_ROLLED_BACK') return attempt('exclusive');
			throw error;
		});
		for (const warning of warnings) progress(`warning: ${warning}`);
	} catch (error) {
		if (!(error instanceof FlowferryError)) throw error;
		return servesThoughItFails(name, draft, reason, toldInFull(error));
	}
	return rolledBackWhileBaking(name, draft, reason);
}
