import type { RuleFacts } from './rule.ts';

/** What is found at suppressions themselves, once all rules have run. */
export const suppressionWithoutReason: RuleFacts = {
	id: 'suppression-without-reason',
	family: 'correctness',
	summary: 'A suppression that does not say why',
};

export const suppressionUnused: RuleFacts = {
	id: 'suppression-unused',
	family: 'correctness',
	summary: 'A suppression that suppresses nothing',
};

export const suppressionRules: readonly RuleFacts[] = [suppressionUnused, suppressionWithoutReason];
