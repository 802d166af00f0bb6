import type { EnvironmentStatus, Health, SlotStatus } from '../cutover/environment-status.ts';
import type { Look } from '../cutover/watch-status.ts';
import type { RoleChange } from '../failover/failover-store.ts';
import { sparesOf } from '../failover/stands-by.ts';
import type { PromotionRecord, Release } from '../promotion/journal.ts';
import { hasServed } from '../promotion/machine.ts';
import { shortId } from '../snapshot/snapshot.ts';
import type { InstanceStatus, ProbeReport } from '../targets/instance.ts';
import { count, printable } from './printable.ts';
import { renderPause, renderRoleChange } from './render-failover.ts';
import type { Theme } from './theme.ts';

/** An environment's state for people. */
export function renderStatus(status: EnvironmentStatus, theme: Theme): string {
	const { environment, mode, health, router, gateway } = status;
	const lines = [`${theme.strong(environment)} (${mode}): ${renderHealth(health, theme)}`];
	if (health.state === 'degraded') lines.push(...health.reasons.map((reason) => `  ${theme.error('✖')} ${reason}`));
	if (status.promotion?.state.kind === 'paused') lines.push(...renderPaused(status.promotion, environment, theme));
	else if (health.state === 'empty') return [...lines, `  → flowferry promote ${environment}`].join('\n');
	if (status.failoverPaused && health.state !== 'down')
		lines.push(...renderPause(status.failoverPaused, environment, theme).map((line) => `  ${line}`));
	if (health.state === 'down') lines.push(`  → flowferry up ${environment}`);
	lines.push('', `${router}  ${gateway ? `${gateway.url}  ${gateway.traffic.state}` : 'does not run'}`);
	lines.push(...status.slots.flatMap((slot) => renderSlot(slot, status, theme)));
	if (status.failovers.length > 0) lines.push('', 'failovers', ...status.failovers.map((change) => `  ${renderFailover(change, theme)}`));
	if (status.history.length > 0) lines.push('', 'latest', ...status.history.map((record) => `  ${renderRecord(record, theme)}`));
	return lines.join('\n');
}

/** One round of `status --watch`: the time, and what was seen then. */
export function renderLook(look: Look<EnvironmentStatus>, environment: string, now: Date, theme: Theme): string {
	const time = theme.dim(`${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`);
	return `${time}\n${'seen' in look ? renderStatus(look.seen, theme) : `${environment}: ${theme.error('its state cannot be read')}: ${printable(look.fault)}`}`;
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

function renderSlot(slot: SlotStatus, { environment, active, mode, coming, hungMs }: EnvironmentStatus, theme: Theme): string[] {
	const { release, instances } = slot;
	const holds = release ? `release ${release.number}  ${shortId(release.snapshot)}` : 'empty';
	// In the other slot they stand by as well, but for a rollback: none of them takes over.
	const spares = mode === 'hot-spare' && active?.slot === slot.slot ? sparesOf(slot) : [];
	return [
		`${slot.slot.padEnd(7)}  ${holds}`,
		...instances.flatMap(({ name, status }) => {
			if (!status) return [`  ${name.padEnd(8)} ${coming.includes(name) ? theme.dim('comes up') : theme.error('does not answer')}`];
			const role = spares.includes(name) ? (status.state === 'gated' ? 'hot spare' : 'spare') : status.state;
			return [
				`  ${name.padEnd(8)} ${dressRole(role, theme)} ${renderFacts(status, hungMs, theme)}`,
				...renderProbes(status.probes, theme),
				...renderDrift(status, environment, release, theme),
			];
		}),
	];
}

function dressRole(role: string, theme: Theme): string {
	const dress = role === 'active' ? theme.good : role === 'failed' ? theme.error : role.endsWith('spare') ? theme.info : theme.dim;
	return dress(role.padEnd(10));
}

function renderFacts({ lease, primary, url, agent, crashes, heartbeatMs }: InstanceStatus, hungMs: number, theme: Theme): string {
	const facts = [primary && 'primary', url, lease && `token ${lease.token}`, heartbeatMs !== null && `heartbeat ${heartbeatMs} ms ago`];
	if (agent)
		facts.push(`${agent.inFlight} in flight`, renderDelay(agent.eventLoopDelayMs, hungMs, theme), `${Math.round(agent.rssBytes / 1e6)} MB`);
	if (crashes > 0) facts.push(theme.warning(count(crashes, 'crash', 'crashes')));
	return facts.filter(Boolean).join('  ');
}

/** Why it is about to count as stuck, or does, where a probe fails. */
function renderProbes(probes: ProbeReport | null, theme: Theme): string[] {
	if (!probes?.fault) return [];
	const left = probes.leftAsItIs ? '; it is left running, since stuck instances have taken turns too often' : '';
	return [`    ${theme.warning('!')} probes failed ${count(probes.failed, 'time')} in a row: ${printable(probes.fault)}${left}`];
}

/** Other instances have the release's flows, and so has this one when it starts anew. */
function renderDrift({ drifted, lease }: InstanceStatus, environment: string, release: Release | null, theme: Theme): string[] {
	if (!drifted) return [];
	const what = `${theme.warning('!')} changed in place: its flows or credentials are not those of release ${release?.number ?? '?'}, until its Node-RED ends`;
	if (lease === null) return [`    ${what}`];
	return [
		`    ${what} or another instance goes on`,
		`      → flowferry diff ${environment} shows it; flowferry snapshot --from ${environment} keeps it`,
	];
}

/** From half of what is taken for a hang, it is worth a warning. */
function renderDelay(delayMs: number, hungMs: number, theme: Theme): string {
	const delay = `delay ${Math.round(delayMs)} ms`;
	return delayMs > hungMs / 2 ? theme.warning(`${delay} (!: at ${hungMs} ms it is killed)`) : delay;
}

function renderFailover(change: RoleChange, theme: Theme): string {
	return `${change.at.slice(0, 19).replace('T', ' ')} UTC  ${renderRoleChange(change, theme)}`;
}

function renderRecord({ kind, started, by, from, to, state, because }: PromotionRecord, theme: Theme): string {
	const what = to.instance ? `from ${from?.instance} to ${to.instance}` : `release ${to.release.number}`;
	return `${started.slice(0, 19).replace('T', ' ')} UTC  ${kind} ${what}  ${renderOutcome(state, theme)}  ${theme.dim(by)}${because ? `  since ${printable(because)}` : ''}`;
}

/** What became of a promotion, in a word. */
export function renderOutcome(state: PromotionRecord['state'], theme: Theme): string {
	if (hasServed(state)) return theme.good('served');
	const { kind } = state;
	return kind === 'paused' ? theme.warning(kind) : theme.error(kind);
}
