import type { FlowDiff, Hunk, NodeDiff, PropertyChange, SnapshotDiff } from '../flows/diff/snapshot-diff.ts';
import type { ComparedSide } from '../snapshot/compared-side.ts';
import {
	describeChange,
	describeCredentials,
	describePalette,
	describeProperty,
	describeSide,
	describeType,
	nameNode,
	showLine,
	summariseNodes,
} from './describe-change.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** A diff for a terminal. */
export function renderDiff(diff: SnapshotDiff, from: ComparedSide, to: ComparedSide, theme: Theme): string {
	const title = `${theme.strong(describeSide(from))} → ${theme.strong(describeSide(to))}`;
	if (diff.kind === 'identical') return `${title}\nNo difference.`;
	if (diff.kind === 'layout') return `${title}\nNo difference but in the layout; --layout shows it.`;
	const blocks = diff.flows.map((flow) => renderFlow(flow, theme));
	const rest: string[] = [];
	if (diff.nodeRed) rest.push(`Node-RED ${printable(diff.nodeRed.before)} → ${printable(diff.nodeRed.after)}`);
	if (diff.palette.length > 0)
		rest.push(
			'Palette',
			...diff.palette.map((change) => mark(change.kind === 'types' ? 'changed' : change.kind, describePalette(change), theme)),
		);
	if (diff.credentials.length > 0)
		rest.push('Credentials', ...diff.credentials.map((change) => mark(change.kind, describeCredentials(change), theme)));
	if (diff.tabOrder) rest.push(`Order of the flows: ${list(diff.tabOrder.before)} → ${list(diff.tabOrder.after)}`);
	const summary = summariseNodes(diff);
	return [[title, ...(summary === '' ? [] : [summary])].join('\n'), ...blocks, ...(rest.length > 0 ? [rest.join('\n')] : [])].join('\n\n');
}

function renderFlow({ flow, state, changes, nodes }: FlowDiff, theme: Theme): string {
	const kind = flow?.type === 'subflow' ? 'Subflow' : 'Flow';
	const title = flow
		? `${kind} ${theme.strong(flow.name === '' ? printable(flow.id) : `'${printable(flow.name)}'`)}`
		: 'On no flow (config nodes)';
	const dress = { kept: (text: string) => text, added: theme.good, removed: theme.error }[state];
	const head = `${title}${state === 'kept' ? '' : dress(` ${state}`)}`;
	return [
		head,
		...changes.flatMap((change) => renderChange(change, '  ', theme)),
		...nodes.flatMap((node) => renderNode(node, theme)),
	].join('\n');
}

function renderNode(node: NodeDiff, theme: Theme): string[] {
	const { type, name, id } = node.node;
	const title = `${describeType(type)}${name === '' ? '' : ` ${nameNode(node.node)}`}`;
	const head = mark(node.kind, `${title} ${theme.dim(printable(id))}`, theme);
	return [head, ...(node.kind === 'removed' ? [] : node.changes.flatMap((change) => renderChange(change, '      ', theme)))];
}

function renderChange(change: PropertyChange, indent: string, theme: Theme): string[] {
	if (change.kind === 'group') return [indent + theme.dim(describeChange(change))];
	if (change.kind !== 'text') return [indent + describeChange(change)];
	return [`${indent}${describeProperty(change.property)}:`, ...change.hunks.flatMap((hunk) => renderHunk(hunk, `${indent}  `, theme))];
}

function renderHunk({ beforeLine, afterLine, lines }: Hunk, indent: string, theme: Theme): string[] {
	const dress = { same: theme.dim, removed: theme.error, added: theme.good };
	const sign = { same: ' ', removed: '-', added: '+' };
	const place = beforeLine === afterLine ? `line ${afterLine}` : `line ${beforeLine} → ${afterLine}`;
	return [
		`${indent}${theme.info(`@ ${place}`)}`,
		...lines.map(({ kind, text }) => `${indent}${dress[kind](`${sign[kind]} ${showLine(text)}`)}`.trimEnd()),
	];
}

function mark(kind: 'added' | 'removed' | 'changed', text: string, theme: Theme): string {
	if (kind === 'added') return `  ${theme.good('+')} ${text}`;
	return kind === 'removed' ? `  ${theme.error('-')} ${text}` : `  ${theme.warning('~')} ${text}`;
}

function list(labels: readonly string[]): string {
	return labels.map((label) => `'${printable(label)}'`).join(', ');
}
