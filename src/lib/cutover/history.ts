import type { Act, ExplainedPromotion } from '../promotion/explain.ts';
import { explainActs } from '../promotion/explain.ts';
import type { Journal, PromotionRecord } from '../promotion/journal.ts';

/** A promotion with what the journal has of it: for `history`, and for whoever ended it. */
export async function explainPromotion(journal: Journal, record: PromotionRecord): Promise<ExplainedPromotion> {
	return { ...record, acts: explainActs(await journal.entries(record.id)) };
}

/** The latest promotions, the newest first, each with all that it did. */
export async function explainHistory(journal: Journal, limit: number): Promise<ExplainedPromotion[]> {
	return await Promise.all((await journal.history(limit)).map((record) => explainPromotion(journal, record)));
}

/** What was under way when whoever ran it was gone; null where nothing was. */
export function interruptedAct({ acts }: ExplainedPromotion): Act | null {
	return acts.findLast(({ outcome }) => outcome === 'interrupted') ?? null;
}
