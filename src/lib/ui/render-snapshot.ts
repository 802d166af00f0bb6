import type { FlowferryError } from '../errors/flowferry-error.ts';
import type { SettingsFacts, SnapshotSource } from '../snapshot/snapshot.ts';
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

const INDENT = ' '.repeat(15);

function facts({ source, nodes, flows, nodeRed, palette, credentials, variables, runtime }: SnapshotSummary): string[] {
	return [
		`  from         ${describeSource(source)}`,
		`  flows        ${count(nodes, 'node')} in ${count(flows, 'flow')}`,
		`  Node-RED     ${printable(nodeRed)}${runtime?.node ? `, on Node.js ${printable(runtime.node)}` : ''}`,
		`  palette      ${palette.length === 0 ? 'the core nodes alone' : count(palette.length, 'module')}`,
		...columns(palette.map(({ name, version }) => [name, version])),
		`  credentials  ${credentials.length === 0 ? 'none' : `${count(credentials.length, 'node')}, sealed`}`,
		...columns(credentials.map(({ id, type, name, names }) => [id, type, name, names.join(', ')])),
		...(variables.length === 0 ? [] : [`  variables    ${variables.map(printable).join(', ')}`]),
		...(runtime?.settings ? describeSettings(runtime.settings) : []),
	];
}

function columns(rows: string[][]): string[] {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => printable(row[column]!).length)));
	return rows.map((row) => (INDENT + row.map((cell, column) => printable(cell).padEnd(widths[column]!)).join('  ')).trimEnd());
}

/** Only what is not Node-RED's own. */
function describeSettings({ contextStorage, functionGlobals, nodeCloseTimeout, httpNodeRoot, httpAdminRoot }: SettingsFacts): string[] {
	const stores = Object.entries(contextStorage ?? {}).map(([name, module]) => `${name} (${module})`);
	const said = [
		stores.length > 0 ? `context stores ${stores.join(', ')}` : null,
		functionGlobals && functionGlobals.length > 0 ? `function globals ${functionGlobals.join(', ')}` : null,
		nodeCloseTimeout === null ? null : `nodeCloseTimeout ${nodeCloseTimeout} ms`,
		httpNodeRoot === null ? null : `httpNodeRoot ${httpNodeRoot}`,
		httpAdminRoot === null ? null : `httpAdminRoot ${httpAdminRoot}`,
	].filter((part) => part !== null);
	return said.length === 0 ? [] : [`  settings     ${printable(said[0]!)}`, ...said.slice(1).map((part) => INDENT + printable(part))];
}

function describeSource(source: SnapshotSource): string {
	if (source.kind === 'environment') return `${printable(source.environment)}, release ${source.release} as it ran on ${source.instance}`;
	if (source.kind === 'admin-api') return `${printable(source.url)} (rev ${printable(source.rev.slice(0, 12))})`;
	if (source.kind === 'user-dir') return `${printable(source.path)} (${printable(source.flowFile)})`;
	return `${printable(source.path)} (${printable(source.flowFile)} at ${printable(source.ref)}, commit ${source.commit.slice(0, 12)})`;
}

type NamedSummary = SnapshotSummary & { tags: readonly string[]; environments: readonly string[] };

/** The list, in the order given; names of snapshots have a column where there are any. */
export function renderSnapshotList(snapshots: readonly NamedSummary[], theme: Theme): string {
	if (snapshots.length === 0) return 'No snapshots yet. Take one with `flowferry snapshot`.';
	const named = snapshots.some(({ tags, environments }) => tags.length + environments.length > 0);
	const rows = snapshots.map((snapshot) => [
		shortId(snapshot.id),
		snapshot.time.slice(0, 16).replace('T', ' '),
		String(snapshot.nodes),
		String(snapshot.flows),
		snapshot.nodeRed,
		...(named ? [printable([...snapshot.tags, ...snapshot.environments.map((name) => `in ${name}`)].join(', '))] : []),
		printable(snapshot.message.split('\n')[0] ?? ''),
	]);
	const headings = ['ID', 'TIME (UTC)', 'NODES', 'FLOWS', 'NODE-RED', ...(named ? ['TAGS'] : []), 'MESSAGE'];
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
