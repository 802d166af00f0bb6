import type { PromotionResult } from '../cutover/promote.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What a promotion, rollback or switchover did and cost, for people. */
export function renderPromotion(result: PromotionResult, theme: Theme): string {
	const { outcome, release, snapshot, environment, url, from, to, progress, baked, old } = result;
	if (outcome === 'paused') return renderPause(result, theme);
	if (outcome === 'switched-over') return renderSwitchover(result, theme);
	const done = outcome === 'promoted' ? 'promoted to' : 'brought back to';
	const lines = [
		`${theme.good('✔')} release ${theme.strong(String(release))} (${shortId(snapshot)}) ${done} ${environment}, in ${to.slot}`,
		`  it serves at ${url}`,
	];
	if (from) {
		lines.push(...renderCost(result, theme, 'the old release'));
		lines.push(
			old === 'retired'
				? `  release ${from.release} was ended, as keep says; a rollback starts it anew: ${theme.strong(`flowferry rollback ${environment}`)}`
				: `  release ${from.release} stays warm in ${from.slot}: ${theme.strong(`flowferry rollback ${environment}`)}`,
		);
	}
	if (baked?.outcome === 'passed')
		lines.push(`  it stood its bake time of ${Math.round(baked.durationMs / 1000)} s (${count(baked.rounds, 'round')} of checks)`);
	if (progress)
		lines.push(`  it has received ${count(progress.received, 'message')} so far, and logged ${count(progress.errors, 'error')}`);
	for (const warning of result.warnings) lines.push(`${theme.warning('warning')} ${printable(warning)}`);
	return lines.join('\n');
}

function renderSwitchover(result: PromotionResult, theme: Theme): string {
	const { environment, url, from, to, release, warnings } = result;
	const old = from?.instance ?? '';
	return [
		`${theme.good('✔')} ${theme.strong(to.instance ?? '')} is active in ${environment} in place of ${old}, with release ${release} as before`,
		`  it serves at ${url}`,
		...renderCost(result, theme, old),
		`  ${old} stands by as a spare: ${theme.strong(`flowferry switchover ${environment} --to ${old}`)}`,
		...warnings.map((warning) => `${theme.warning('warning')} ${printable(warning)}`),
	].join('\n');
}

function renderCost({ gapMs, drained, context }: PromotionResult, theme: Theme, old: string): string[] {
	return [
		`  ${gapMs} ms from closing the old sources to the new flows' start`,
		drained.drained ? `  everything inside ${old} came out` : `  ${theme.warning(`not everything came out of ${old}, see below`)}`,
		...(context ? [`  ${renderContext(context)}`] : []),
	];
}

function renderContext({ carried, bytes, left, excepted }: NonNullable<PromotionResult['context']>): string {
	const parts = [
		`context in memory: ${count(carried, 'key')} carried over${carried > 0 ? `, ${count(bytes, 'byte')}` : ''}`,
		left.length > 0 ? `${left.length} not, see below` : null,
		excepted > 0 ? `${excepted} left out by context.except` : null,
	];
	return parts.filter((part) => part !== null).join('; ');
}

function renderPause({ release, snapshot, environment, from, to, warnings }: PromotionResult, theme: Theme): string {
	return [
		`${theme.warning('‖')} release ${theme.strong(String(release))} (${shortId(snapshot)}) stands by in ${to.slot}, prepared and validated`,
		from ? `  release ${from.release} serves on in ${from.slot}` : '  nothing serves yet',
		`  to switch: ${theme.strong(`flowferry promote ${environment} --continue`)}; to give it up: ${theme.strong(`flowferry abort ${environment}`)}`,
		...warnings.map((warning) => `${theme.warning('warning')} ${warning}`),
	].join('\n');
}
