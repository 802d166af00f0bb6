import { type CertainKind, type Completeness, certainLacks, likelyLacks } from '../plan/completeness/lack.ts';
import type { Effect, FlowChange, Plan } from '../plan/plan.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** A plan for people. */
export function renderPlan(plan: Plan, theme: Theme): string {
	const { from, to } = plan;
	const lines = [
		`${theme.strong(plan.environment)} (${plan.mode}): promote snapshot ${theme.strong(shortId(plan.snapshot))}`,
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
	lines.push(renderSafeguards(plan));
	if (plan.completeness.lacks.length > 0) lines.push('', ...section('Completeness', renderLacks(plan.completeness, theme)));
	const said = new Set(likelyLacks(plan.completeness));
	for (const warning of plan.warnings) if (!said.has(warning)) lines.push(`${theme.warning('warning')} ${warning}`);
	for (const { message, hint } of plan.blockers) lines.push('', `${theme.error('blocked')} ${message}`, `  → ${hint}`);
	return lines.join('\n');
}

function renderSafeguards({ safeguards: { checks, hooks, bakeMs, keep }, from }: Plan): string {
	const parts = [checks > 0 ? count(checks, 'check') : 'no checks of your own'];
	if (hooks > 0) parts.push(count(hooks, 'hook'));
	if (bakeMs > 0) parts.push(`the new release is watched for ${bakeMs / 1000} s, and goes back if it fails`);
	if (from) parts.push(keep === 'warm' ? 'the old one stays warm' : 'the old one is ended then, and a rollback starts it anew');
	return `Safeguards: ${parts.join('; ')}`;
}

function renderChanges({ changes, nodeRed, palette, from }: Plan): string[] {
	const rows = changes.map(renderChange);
	if (from === null) rows.push(`Node-RED ${nodeRed.to}`);
	else if (nodeRed.from !== nodeRed.to) rows.push(`Node-RED ${nodeRed.from} → ${nodeRed.to}`);
	rows.push(...palette.added.map((module) => `palette + ${module}`), ...palette.removed.map((module) => `palette - ${module}`));
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
