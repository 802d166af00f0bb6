import { escapeHtml, shorten } from '../../drawing/escape.ts';
import type { Hunk, NodeDiff, PropertyChange } from '../../flows/diff/snapshot-diff.ts';
import { describeChange, describeProperty, describeType, nameNode, showLine } from '../describe-change.ts';
import type { FlowPair } from './pairs.ts';

/** With more changed nodes than this, entries begin closed. */
const MANY = 100;
const LONGEST_TEXT = 400;

/** What differs, in words, by flow; each entry leads to its drawing. */
export function renderChanges(pairs: readonly FlowPair[]): string {
	const total = pairs.reduce((sum, { nodes }) => sum + nodes.length, 0);
	let number = 0;
	const flows = pairs.map((pair, position) => {
		const own = pair.diff.changes.length === 0 ? '' : `<li class="change changed">${list(pair.diff.changes)}</li>`;
		const entries = pair.nodes.map((node) => renderNode(node, pair, number++, total <= MANY));
		return `<li class="of-flow"><h3><a href="#flow-${position}"><bdi>${escapeHtml(shorten(pair.title, 120))}</bdi></a></h3><ol>${own}${entries.join('')}</ol></li>`;
	});
	return `<ol class="list">${flows.join('\n')}</ol>`;
}

function renderNode(diff: NodeDiff, { before, after }: FlowPair, number: number, isShort: boolean): string {
	const { kind, node } = diff;
	const [old, next] = [before?.dress.anchorOf(node.id), after?.dress.anchorOf(node.id)];
	const anchor = next ?? old;
	const title = `${describeType(node.type)}${node.name === '' ? '' : ` ${nameNode(node)}`}`;
	const name = `<bdi>${escapeHtml(shorten(title, 160))}</bdi>`;
	const link = anchor === undefined ? `<span class="where">${name}</span>` : `<a class="where" href="#${anchor}">${name}</a>`;
	const head = `<span class="pill ${kind}">${kind}</span> ${link} <small>${escapeHtml(shorten(node.id, 60))}</small>`;
	const places = [old && ` data-before="${old}"`, next && ` data-after="${next}"`].filter(Boolean).join('');
	const changes = diff.kind === 'removed' ? [] : diff.changes;
	const body =
		changes.length === 0
			? `<div class="head">${head}</div>`
			: `<details${isShort && kind === 'changed' ? ' open' : ''}><summary class="head">${head}</summary>${list(changes)}</details>`;
	return `<li class="change ${kind}" id="change-${number}" data-kind="${kind}"${places}>${body}</li>`;
}

function list(changes: readonly PropertyChange[]): string {
	return `<ul class="what">${changes.map((change) => `<li>${renderChange(change)}</li>`).join('')}</ul>`;
}

function renderChange(change: PropertyChange): string {
	if (change.kind !== 'text') return `<bdi>${escapeHtml(shorten(describeChange(change), LONGEST_TEXT))}</bdi>`;
	return `<b>${escapeHtml(describeProperty(change.property))}</b>${change.hunks.map(renderHunk).join('')}`;
}

const signs = { same: ' ', removed: '-', added: '+' };

function renderHunk({ beforeLine, afterLine, lines }: Hunk): string {
	const place = beforeLine === afterLine ? `line ${afterLine}` : `line ${beforeLine} → ${afterLine}`;
	const rows = lines.map(({ kind, text }) => `<span class="${kind}">${signs[kind]} ${escapeHtml(showLine(text))}\n</span>`);
	return `<pre class="hunk" tabindex="0" aria-label="${place}"><span class="place">${place}\n</span>${rows.join('')}</pre>`;
}
