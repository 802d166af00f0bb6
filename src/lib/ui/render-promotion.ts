import type { PromotionResult } from '../cutover/promote.ts';
import { shortId } from '../snapshot/snapshot.ts';
import type { Theme } from './theme.ts';

/** What a promotion or rollback did and cost, for people. */
export function renderPromotion(result: PromotionResult, theme: Theme): string {
	const { outcome, release, snapshot, environment, url, from, to, gapMs, drained } = result;
	const done = outcome === 'promoted' ? 'promoted to' : 'brought back to';
	const lines = [
		`${theme.good('✔')} release ${theme.strong(String(release))} (${shortId(snapshot)}) ${done} ${environment}, in ${to.slot}`,
		`  it serves at ${url}`,
	];
	if (from) {
		lines.push(`  ${gapMs} ms from closing the old sources to the new flows' start`);
		lines.push(
			drained.drained
				? '  everything inside the old release came out'
				: `  ${theme.warning('not everything came out of the old release, see below')}`,
		);
		lines.push(`  release ${from.release} stays warm in ${from.slot}: ${theme.strong(`flowferry rollback ${environment}`)}`);
	}
	for (const warning of result.warnings) lines.push(`${theme.warning('warning')} ${warning}`);
	return lines.join('\n');
}
