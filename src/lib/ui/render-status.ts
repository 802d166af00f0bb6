import type { EnvironmentStatus, Health, SlotStatus } from '../cutover/environment-status.ts';
import type { PromotionRecord } from '../promotion/journal.ts';
import { shortId } from '../snapshot/snapshot.ts';
import type { InstanceStatus } from '../targets/instance.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** An environment's state for people. */
export function renderStatus(status: EnvironmentStatus, theme: Theme): string {
	const { environment, mode, health, router, gateway } = status;
	const lines = [`${theme.strong(environment)} (${mode}): ${renderHealth(health, theme)}`];
	if (health.state === 'degraded') lines.push(...health.reasons.map((reason) => `  ${theme.error('✖')} ${reason}`));
	if (status.promotion?.state.kind === 'paused') lines.push(...renderPaused(status.promotion, environment, theme));
	else if (health.state === 'empty') return [...lines, `  → flowferry promote ${environment}`].join('\n');
	if (health.state === 'down') lines.push(`  → flowferry up ${environment}`);
	lines.push('', `${router}  ${gateway ? `${gateway.url}  ${gateway.traffic.state}` : 'does not run'}`);
	lines.push(...status.slots.flatMap((slot) => renderSlot(slot, theme)));
	if (status.history.length > 0) lines.push('', 'latest', ...status.history.map((record) => `  ${renderRecord(record, theme)}`));
	return lines.join('\n');
}

function renderPaused({ id, to, by }: PromotionRecord, environment: string, theme: Theme): string[] {
	return [
		`  ${theme.warning('‖')} promotion ${id} by ${by} is paused: release ${to.release.number} stands by in ${to.slot}`,
		`    → flowferry promote ${environment} --continue, or flowferry abort ${environment}`,
	];
}

function renderHealth({ state }: Health, theme: Theme): string {
	if (state === 'serving') return theme.good('serving');
	return state === 'degraded' ? theme.error('degraded') : theme.warning(state);
}

function renderSlot({ slot, release, instances }: SlotStatus, theme: Theme): string[] {
	const holds = release ? `release ${release.number}  ${shortId(release.snapshot)}` : 'empty';
	return [
		`${slot.padEnd(7)}  ${holds}`,
		...instances.map(
			({ name, status }) => `  ${name.padEnd(8)} ${status ? renderInstance(status, theme) : theme.error('does not answer')}`,
		),
	];
}

function renderInstance({ state, lease, primary, url, agent, crashes }: InstanceStatus, theme: Theme): string {
	const facts = [
		primary && 'primary',
		url,
		lease && `token ${lease.token}`,
		agent && `${agent.inFlight} in flight`,
		agent && `${Math.round(agent.rssBytes / 1e6)} MB`,
	];
	if (crashes > 0) facts.push(`${crashes} crashes`);
	const dress = state === 'active' ? theme.good : state === 'failed' ? theme.error : theme.dim;
	return `${dress(state.padEnd(10))} ${facts.filter(Boolean).join('  ')}`;
}

function renderRecord({ kind, started, by, from, to, state, because }: PromotionRecord, theme: Theme): string {
	const what = to.instance ? `from ${from?.instance} to ${to.instance}` : `release ${to.release.number}`;
	return `${started.slice(0, 19).replace('T', ' ')} UTC  ${kind} ${what}  ${renderOutcome(state, theme)}  ${theme.dim(by)}${because ? `  since ${printable(because)}` : ''}`;
}

/** What became of a promotion, in a word. */
export function renderOutcome({ kind }: PromotionRecord['state'], theme: Theme): string {
	if (kind === 'baking' || kind === 'retired') return theme.good('served');
	return kind === 'paused' ? theme.warning(kind) : theme.error(kind);
}
