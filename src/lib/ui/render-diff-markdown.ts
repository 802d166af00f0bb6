import type { FlowDiff, NodeDiff, PropertyChange, SnapshotDiff } from '../flows/diff/snapshot-diff.ts';
import { escapeMarkdown, LONGEST_COMMENT } from '../lint/reporters/escape-markdown.ts';
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
import { count } from './printable.ts';

/** A diff for a comment on a pull request. It ends with a line break. */
export function renderDiffMarkdown(diff: SnapshotDiff, from: ComparedSide, to: ComparedSide): string {
	const title = `### ${escapeMarkdown(describeSide(from))} → ${escapeMarkdown(describeSide(to))}\n`;
	if (diff.kind === 'identical') return `${title}\nNo difference.\n`;
	if (diff.kind === 'layout') return `${title}\nNo difference but in the layout.\n`;
	const blocks = [...renderRest(diff), ...diff.flows.flatMap(renderFlow)];
	const summary = summariseNodes(diff);
	let text = summary === '' ? title : `${title}\n${summary}\n`;
	for (const [index, block] of blocks.entries()) {
		if (text.length + block.length > LONGEST_COMMENT)
			return `${text}\n${count(blocks.length - index, 'more part')} left out for want of room.\n`;
		text += block;
	}
	return text;
}

const MARKS = { added: '➕', removed: '➖', changed: '✏️', types: '✏️' } as const;

function renderRest({ palette, credentials, nodeRed, tabOrder }: Extract<SnapshotDiff, { kind: 'different' }>): string[] {
	const lines = palette.map((change) => `- ${MARKS[change.kind]} palette: ${escapeMarkdown(describePalette(change))}\n`);
	if (nodeRed) lines.unshift(`- ${MARKS.changed} ${escapeMarkdown(`Node-RED ${nodeRed.before} → ${nodeRed.after}`)}\n`);
	lines.push(...credentials.map((change) => `- ${MARKS[change.kind]} credentials of ${escapeMarkdown(describeCredentials(change))}\n`));
	if (tabOrder)
		lines.push(
			`- ${MARKS.changed} order of the flows: ${escapeMarkdown(`${tabOrder.before.join(', ')} → ${tabOrder.after.join(', ')}`)}\n`,
		);
	return lines.length > 0 ? [`\n${lines.join('')}`] : [];
}

/** The flow itself is the first part, each node is one: what there is no room for is left out node by node. */
function renderFlow({ flow, state, changes, nodes }: FlowDiff): string[] {
	const title = flow ? `${flow.type === 'subflow' ? 'Subflow' : 'Flow'} ${flow.name || flow.id}` : 'On no flow (config nodes)';
	const head = `\n**${escapeMarkdown(title)}**${state === 'kept' ? '' : ` (${state})`}\n\n${changes.map((change) => renderChange(change, '')).join('')}`;
	return [head, ...nodes.map(renderNode)];
}

function renderNode(node: NodeDiff): string {
	const { type, name, id } = node.node;
	const title = `${describeType(type)}${name === '' ? '' : ` ${nameNode(node.node)}`}`;
	const changes = node.kind === 'removed' ? [] : node.changes.map((change) => renderChange(change, '  '));
	return `- ${MARKS[node.kind]} ${escapeMarkdown(title)} <sub>${escapeMarkdown(id)}</sub>\n${changes.join('')}`;
}

function renderChange(change: PropertyChange, indent: string): string {
	if (change.kind !== 'text') return `${indent}- ${escapeMarkdown(describeChange(change))}\n`;
	const sign = { same: ' ', removed: '-', added: '+' };
	const lines = change.hunks.flatMap((hunk) => [
		`@@ -${hunk.beforeLine} +${hunk.afterLine} @@`,
		...hunk.lines.map(({ kind, text }) => sign[kind] + showLine(text)),
	]);
	const fence = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
	const block = [`${fence}diff`, ...lines, fence].map((line) => `${indent}  ${line}\n`).join('');
	return `${indent}- ${escapeMarkdown(describeProperty(change.property))}\n\n${block}`;
}

function longestRun(line: string): number {
	return Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
}
