import type { FlowferryError } from '../errors/flowferry-error.ts';
import type { SnapshotSource } from '../snapshot/snapshot.ts';
import { shortId } from '../snapshot/snapshot.ts';
import type { SnapshotSummary } from '../snapshot/summary.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What `flowferry snapshot` says after it. */
export function renderCapture(snapshot: SnapshotSummary, created: boolean, theme: Theme): string {
	const id = theme.strong(shortId(snapshot.id));
	const headline = created ? `${theme.good('Stored')} snapshot ${id}` : `Snapshot ${id} is stored already: nothing has changed since`;
	return [headline, ...facts(snapshot)].join('\n');
}

/** One snapshot in full, but for its flows. */
export function renderSnapshot(snapshot: SnapshotSummary, theme: Theme): string {
	const { id, time, author, message } = snapshot;
	const said =
		message.trim() === ''
			? []
			: message
					.trim()
					.split('\n')
					.map((line) => `  ${printable(line)}`);
	return [`Snapshot ${theme.strong(id)}`, `  ${time} by ${printable(author)}`, ...said, ...facts(snapshot)].join('\n');
}

function facts({ source, nodes, flows, nodeRed, palette }: SnapshotSummary): string[] {
	const width = Math.max(0, ...palette.map((module) => module.name.length));
	return [
		`  from      ${describeSource(source)}`,
		`  flows     ${count(nodes, 'node')} in ${count(flows, 'flow')}`,
		`  Node-RED  ${printable(nodeRed)}`,
		`  palette   ${palette.length === 0 ? 'the core nodes alone' : count(palette.length, 'module')}`,
		...palette.map(({ name, version }) => `            ${printable(name.padEnd(width))}  ${printable(version)}`),
	];
}

function describeSource(source: SnapshotSource): string {
	if (source.kind === 'admin-api') return `${printable(source.url)} (rev ${printable(source.rev.slice(0, 12))})`;
	return `${printable(source.path)} (${printable(source.flowFile)})`;
}

/** The list, in the order given. */
export function renderSnapshotList(snapshots: readonly SnapshotSummary[], theme: Theme): string {
	if (snapshots.length === 0) return 'No snapshots yet. Take one with `flowferry snapshot`.';
	const rows = snapshots.map((snapshot) => [
		shortId(snapshot.id),
		snapshot.time.slice(0, 16).replace('T', ' '),
		String(snapshot.nodes),
		String(snapshot.flows),
		snapshot.nodeRed,
		printable(snapshot.message.split('\n')[0] ?? ''),
	]);
	const headings = ['ID', 'TIME (UTC)', 'NODES', 'FLOWS', 'NODE-RED', 'MESSAGE'];
	const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
	const line = (cells: string[]) =>
		cells
			.map((cell, column) => cell.padEnd(widths[column]!))
			.join('  ')
			.trimEnd();
	return [theme.dim(line(headings)), ...rows.map(line)].join('\n');
}

/** A warning, or a damaged snapshot, as a line for stderr. */
export function renderWarning(warning: string, theme: Theme): string {
	return `${theme.warning('warning')}: ${printable(warning)}`;
}

export function renderProblem(problem: FlowferryError, theme: Theme): string {
	return `${theme.error('error')}: ${printable(problem.message)}\n  → ${printable(problem.hint ?? '')}`;
}
