import type { FailoverResult } from '../cutover/forced-failover.ts';
import type { FailoverPause, RoleChange } from '../failover/failover-store.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What a forced failover did, for people. */
export function renderFailover({ environment, from, to, tookMs, how, warnings }: FailoverResult, theme: Theme): string {
	const left = {
		resigned: `${from} was killed, and comes back as a spare`,
		killed: `${from} did not answer, and was killed with its runner`,
	};
	return [
		`${theme.good('✔')} ${environment} has failed over${from ? ` from ${from}` : ''} to ${to} in ${tookMs} ms`,
		`  ${how ? left[how] : 'nobody was active before'}`,
		...warnings.map((warning) => `  ${theme.warning('warning')} ${printable(warning)}`),
	].join('\n');
}

/** That no spare takes over by itself, and what ends that. */
export function renderPause({ by, since, until, reason }: FailoverPause, environment: string, theme: Theme): string[] {
	const mark = theme.warning('‖');
	if (reason === 'down')
		return [`${mark} automatic failover is off since ${by} took ${environment} down`, `  → flowferry up ${environment}`];
	return [
		`${mark} automatic failover is paused by ${by} since ${second(since)} UTC${until ? `, until ${second(until)} UTC` : ', with no end'}`,
		`  → flowferry failover resume ${environment}`,
	];
}

/** A change of role in a line, without its time. */
export function renderRoleChange({ instance, role, cause, detail, before, tookMs, token }: RoleChange, theme: Theme): string {
	const why = `${cause}${detail ? ` (${printable(detail)})` : ''}`;
	const facts = [tookMs === null ? '' : `${tookMs} ms`, token === null ? '' : theme.dim(`token ${token}`)];
	return [who({ instance, role, before }, theme), why, ...facts].filter((fact) => fact !== '').join('  ');
}

function who({ instance, role, before }: Pick<RoleChange, 'instance' | 'role' | 'before'>, theme: Theme): string {
	if (role === 'failed') return `${instance} ${theme.error('does not come up')}`;
	if (role === 'standby') return `${instance} no longer active`;
	if (before === null || before === instance) return `${instance} ${theme.good(before ? 'active again' : 'active')}`;
	return `${before} → ${theme.good(instance)}`;
}

/** `2026-11-26 00:35:57` */
function second(iso: string): string {
	return iso.slice(0, 19).replace('T', ' ');
}
