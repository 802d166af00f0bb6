import { interruptedAct } from '../cutover/history.ts';
import type { ResumeResult } from '../cutover/resume.ts';
import type { RoleChange } from '../failover/failover-store.ts';
import type { Act, ExplainedPromotion } from '../promotion/explain.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { renderRoleChange } from './render-failover.ts';
import { renderOutcome } from './render-status.ts';
import type { Theme } from './theme.ts';

/** Promotions with all that they did, and changes of role between them, for people: the newest first, by their beginnings. */
export function renderHistory(environment: string, promotions: ExplainedPromotion[], roles: RoleChange[], theme: Theme): string {
	const blocks = [
		...promotions.map((promotion) => ({ at: promotion.started, lines: ['', ...renderPromotion(promotion, theme), ''] })),
		...roles.map((change) => ({ at: change.at, lines: [`${day(change.at)} ${time(change.at)} UTC  ${renderRoleChange(change, theme)}`] })),
	];
	if (blocks.length === 0) return `nothing was ever promoted to ${environment}`;
	const newestFirst = blocks.sort((one, other) => other.at.localeCompare(one.at));
	return newestFirst
		.flatMap(({ lines }) => lines)
		.filter((line, index, all) => line !== '' || (index > 0 && index < all.length - 1 && all[index - 1] !== ''))
		.join('\n');
}

function renderPromotion({ id, kind, strategy, from, to, by, started, state, acts }: ExplainedPromotion, theme: Theme): string[] {
	const release = `release ${to.release.number} (${shortId(to.release.snapshot)})`;
	const way = to.instance
		? `${release} from ${from?.instance} to ${to.instance}`
		: `${release} to ${to.slot}${from ? `, from release ${from.release.number} in ${from.slot}` : ''}`;
	const lines = [
		`${theme.strong(`promotion ${id}`)}  ${kind} ${way}, ${strategy}`,
		`  ${day(started)} ${time(started)} UTC by ${by}: ${renderOutcome(state, theme)}`,
		...acts.map((act) => renderAct(act, theme)),
	];
	if (state.kind === 'rolled back' || state.kind === 'needs operator') lines.push(`  because '${state.failed}': ${state.cause}`);
	if (state.kind === 'needs operator') lines.push(`  ${state.reason}`);
	return lines;
}

function renderAct({ act, began, durationMs, outcome, cause, by }: Act, theme: Theme): string {
	const dress = outcome === 'done' ? theme.good : outcome === 'under way' ? theme.warning : theme.error;
	const took = durationMs === null ? '' : `${durationMs} ms`;
	const facts = [dress(outcome.padEnd(11)), took.padStart(9), cause ?? '', by ? theme.dim(`by ${by}`) : ''];
	return `  ${time(began)}  ${act.padEnd(9)}  ${facts.filter((fact) => fact !== '').join('  ')}`;
}

/** What `resume` found and did, for people. */
export function renderResume({ outcome, environment, release, promotion }: ResumeResult, theme: Theme): string {
	if (!promotion) return `nothing to resume in ${environment}: no promotion was interrupted`;
	if (outcome === 'paused') {
		return [
			`nothing to resume in ${environment}: promotion ${promotion.id} was not interrupted, it is paused`,
			`  → flowferry promote ${environment} --continue, or flowferry abort ${environment}`,
		].join('\n');
	}
	const at = interruptedAct(promotion);
	const where = at ? ` in '${at.act}', begun ${time(at.began)} UTC` : '';
	return [
		`${theme.strong(`promotion ${promotion.id}`)} by ${promotion.by} was interrupted${where}`,
		...renderPromotion(promotion, theme),
		outcome === 'finished' ? theme.good(`release ${release} serves`) : stillServes(release),
	].join('\n');
}

function stillServes(release: number | null): string {
	return release === null ? 'nothing served before, and nothing does now' : `release ${release} serves, as before`;
}

function day(iso: string): string {
	return iso.slice(0, 10);
}

/** To the millisecond: 09:20:33.123. */
function time(iso: string): string {
	return iso.slice(11, 23);
}
