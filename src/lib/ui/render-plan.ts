import type { ProtectionState } from '../cutover/protection.ts';
import { type CertainKind, type Completeness, certainLacks, likelyLacks } from '../plan/completeness/lack.ts';
import type { Effect, FlowChange, Plan } from '../plan/plan.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** How many changed keys are named; --json has all. */
const PATHS_SHOWN = 6;

/** A plan for people. */
export function renderPlan(plan: Plan, theme: Theme): string {
	const { from, to } = plan;
	const lines = [
		`${theme.strong(plan.environment)} (${plan.mode}): promote snapshot ${theme.strong(shortId(plan.snapshot))}${renderOrigin(plan.origin)}`,
		from ? `  from  release ${from.release}, ${shortId(from.snapshot)}, in ${from.slot}` : '  from  nothing: this is the first promotion',
		`  to    ${to.slot}${to.givesUp === null ? '' : theme.dim(`, which gives up release ${to.givesUp} kept warm there`)}`,
	];
	if (plan.nothingToDo) lines.push('', theme.warning('This snapshot serves already: there is nothing to do.'));
	lines.push('', ...section('Changes', renderChanges(plan)));
	if (from && !plan.nothingToDo) lines.push(theme.dim(`  see them: flowferry diff ${plan.environment} ${shortId(plan.snapshot)}`));
	if (plan.effects.length > 0)
		lines.push(
			'',
			...section(`Cutover, strategy ${plan.strategy}`, [
				...plan.because.map((reason) => theme.dim(`since ${reason}`)),
				...plan.effects.map((effect) => renderEffect(effect, theme)),
			]),
		);
	const { errors, warnings, infos, failOn } = plan.lint;
	lines.push('', `Lint: ${count(errors, 'error')}, ${count(warnings, 'warning')}, ${count(infos, 'info')}; the gate is at '${failOn}'`);
	lines.push(...renderNews(plan.lint.news, theme), renderSafeguards(plan), ...renderSince(plan.sinceServing, theme));
	if (plan.completeness.lacks.length > 0) lines.push('', ...section('Completeness', renderLacks(plan.completeness, theme)));
	const said = new Set(likelyLacks(plan.completeness));
	for (const warning of plan.warnings) if (!said.has(warning)) lines.push(`${theme.warning('warning')} ${warning}`);
	for (const { message, hint } of plan.blockers) lines.push('', `${theme.error('blocked')} ${message}`, `  → ${hint}`);
	return lines.join('\n');
}

/** Who may promote, when, and with whose consent; no lines where nobody minds. */
export function renderProtection(protection: ProtectionState | null, theme: Theme): string[] {
	if (!protection) return [];
	const { needed, by } = protection.approvals;
	const approved = by.length > 0 ? `: ${by.map(({ identity }) => identity).join(', ')}` : '';
	const lines = needed > 0 ? ['', `Approvals: ${by.length} of ${needed}${approved}`] : [];
	for (const { message, hint } of protection.gates) lines.push('', `${theme.warning('not now')} ${message}`, `  → ${hint}`);
	return lines;
}

function renderOrigin(origin: Plan['origin']): string {
	if (origin.kind === 'environment') return `, which ${origin.environment} runs as release ${origin.release}`;
	return origin.kind === 'dev' ? ', from the dev Node-RED' : '';
}

function renderNews(news: Plan['lint']['news'], theme: Theme): string[] {
	if (!news || news.count === 0) return [];
	const more = news.count > news.first.length ? [theme.dim(`and ${news.count - news.first.length} more`)] : [];
	const first = news.first.map(({ rule, severity, nodeType, nodeName, nodeId, flowLabel }) => {
		const flow = flowLabel === null ? '' : ` on '${flowLabel}'`;
		return `${severity} ${rule} at ${nodeType} '${nodeName || nodeId}'${flow}`;
	});
	return [`  new since the release that serves: ${news.count}`, ...[...first, ...more].map((line) => `    ${line}`)];
}

function renderSince(since: Plan['sinceServing'], theme: Theme): string[] {
	const parts = since?.strategy ? [`that was promoted by ${since.strategy}`] : [];
	const paths = since?.configuration ?? [];
	const more = paths.length > PATHS_SHOWN ? `, and ${paths.length - PATHS_SHOWN} more` : '';
	if (paths.length > 0) parts.push(`the configuration has changed: ${paths.slice(0, PATHS_SHOWN).join(', ')}${more}`);
	return parts.length === 0 ? [] : [theme.dim(`Since the release that serves: ${parts.join('; ')}`)];
}

function renderSafeguards({ safeguards: { checks, hooks, bakeMs, keep }, from }: Plan): string {
	const parts = [checks.length > 0 ? `${count(checks.length, 'check')} (${checks.join(', ')})` : 'no checks of your own'];
	if (hooks.length > 0) parts.push(`${count(hooks.length, 'hook')} (${hooks.join(', ')})`);
	if (bakeMs > 0) parts.push(`the new release is watched for ${bakeMs / 1000} s, and goes back if it fails`);
	if (from) parts.push(keep === 'warm' ? 'the old one stays warm' : 'the old one is ended then, and a rollback starts it anew');
	return `Safeguards: ${parts.join('; ')}`;
}

function renderChanges({ changes, nodeRed, palette, installs, from }: Plan): string[] {
	const rows = changes.map(renderChange);
	if (from === null) rows.push(`Node-RED ${nodeRed.to}`);
	else if (nodeRed.from !== nodeRed.to) rows.push(`Node-RED ${nodeRed.from} → ${nodeRed.to}`);
	rows.push(...palette.added.map((module) => `palette + ${module}`), ...palette.removed.map((module) => `palette - ${module}`));
	rows.push(...palette.changed.map(({ name, from: before, to }) => `palette ~ ${name} ${before} → ${to}`));
	if (installs.length > 0) rows.push(`to be installed: ${installs.join(', ')}`);
	return rows.length > 0 ? rows : ['none'];
}

function renderChange({ flow, added, removed, changed }: FlowChange): string {
	const parts = [added && `${added} added`, changed && `${changed} changed`, removed && `${removed} removed`].filter(Boolean);
	return `${flow ?? 'on no flow'}: ${parts.join(', ')}`;
}

/** The certain ones are told in full where they block. */
function renderLacks(completeness: Completeness, theme: Theme): string[] {
	const certain = Map.groupBy(certainLacks(completeness), ({ kind }) => kind);
	const missing = Array.from(certain, ([kind, lacks]) => count(lacks.length, ...lackWords[kind]));
	return [
		...(missing.length > 0 ? [`${theme.error('missing')} ${missing.join(', ')}`] : []),
		...likelyLacks(completeness).map((text) => `${theme.warning('perhaps')} ${printable(text)}`),
	];
}

const lackWords: Record<CertainKind, [one: string, more?: string]> = {
	'node-red': ['version of Node-RED', 'versions of Node-RED'],
	type: ['node type'],
	variable: ['variable'],
	credentials: ['node with credentials', 'nodes with credentials'],
};

const GOOD_EFFECTS: ReadonlySet<Effect['kind']> = new Set(['held', 'drained', 'silence', 'carried', 'handed over']);

function renderEffect({ kind, what, nodes }: Effect, theme: Theme): string {
	const dress = GOOD_EFFECTS.has(kind) ? theme.info : theme.warning;
	return `${dress(kind.padEnd(11))} ${what}${nodes > 0 ? theme.dim(` (${nodes} node${nodes === 1 ? '' : 's'})`) : ''}`;
}

function section(title: string, rows: string[]): string[] {
	return [title, ...rows.map((row) => `  ${row}`)];
}
