import { escapeHtml } from '../../drawing/escape.ts';
import { renderPage } from '../../drawing/page.ts';
import { concealFlows } from '../../flows/diff/conceal-flows.ts';
import type { SnapshotDiff } from '../../flows/diff/snapshot-diff.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { ComparedSide } from '../../snapshot/compared-side.ts';
import { describeCredentials, describePalette, describeSide, summariseNodes } from '../describe-change.ts';
import { renderChanges } from './changes-list.ts';
import { renderPair } from './flow-pair.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { pairDrawings } from './pairs.ts';

export interface DiffPageInput {
	/** Without secrets: `redactDiff`. */
	diff: SnapshotDiff;
	from: ComparedSide;
	to: ComparedSide;
	/** As the snapshots have them: what is drawn of them is cleared of secrets here. */
	flows: { before: readonly FlowNode[]; after: readonly FlowNode[] };
	/** Takes out secrets that do not look like any. */
	redact: (text: string) => string;
}

/**
 * A diff as one HTML document that stands alone, each flow that differs drawn before and after as the editor draws it. It holds what
 * is drawn and what the diff says: no code but the lines that differ, and no secrets. Takes time linear in nodes and wires.
 */
export function renderDiffPage({ diff, from, to, flows, redact }: DiffPageInput): string {
	const title = `${describeSide(from)} → ${describeSide(to)}`;
	return renderPage({
		title: `flowferry diff: ${title}`,
		style: pageStyle,
		script: pageScript,
		body: renderBody(title, diff, flows, redact),
	});
}

function renderBody(title: string, diff: SnapshotDiff, flows: DiffPageInput['flows'], redact: DiffPageInput['redact']): string {
	if (diff.kind !== 'different') {
		const says = diff.kind === 'identical' ? 'No difference.' : 'No difference but in the layout.';
		return `${renderTop(title, says, false)}`;
	}
	const pairs = pairDrawings(diff.flows, { before: concealFlows(flows.before, redact), after: concealFlows(flows.after, redact) });
	const summary = summariseNodes(diff) || 'No node differs.';
	if (pairs.length === 0) return `${renderTop(title, summary, false)}${renderRest(diff)}`;
	return `${renderTop(title, summary, true)}${renderRest(diff)}
<div class="workbench">
<nav class="changes" aria-labelledby="list-title"><h2 id="list-title">Changes</h2>
${renderChanges(pairs)}
</nav>
<main class="flows" aria-label="The flows before and after">
${pairs.map(renderPair).join('\n')}
</main>
</div>`;
}

function renderTop(title: string, summary: string, hasDrawings: boolean): string {
	return `<header class="top"><div><h1><bdi>${escapeHtml(title)}</bdi></h1><p>${escapeHtml(summary)}</p></div>${hasDrawings ? switches : ''}</header>`;
}

const switches = `<div class="switches"><fieldset><legend>Show</legend>${choices('radio', 'view', [
	['both', 'side by side'],
	['before', 'before'],
	['after', 'after'],
])}</fieldset><fieldset><legend>List</legend>${choices('checkbox', 'kind', [
	['added', 'added'],
	['changed', 'changed'],
	['removed', 'removed'],
])}</fieldset><small>n, p: next and previous change · v: before, after, both</small></div>`;

function choices(type: 'radio' | 'checkbox', name: string, options: [value: string, label: string][]): string {
	return options
		.map(([value, label], index) => {
			const checked = type === 'checkbox' || index === 0 ? ' checked' : '';
			return `<label><input type="${type}" name="${name}" value="${value}"${checked}>${label}</label>`;
		})
		.join('');
}

/** What differs besides the flows. */
function renderRest({ palette, nodeRed, tabOrder, credentials }: Extract<SnapshotDiff, { kind: 'different' }>): string {
	const lines: [kind: string, text: string][] = palette.map((change) => [change.kind, `palette: ${describePalette(change)}`]);
	if (nodeRed) lines.unshift(['changed', `Node-RED ${nodeRed.before} → ${nodeRed.after}`]);
	lines.push(...credentials.map((change): [string, string] => [change.kind, `credentials of ${describeCredentials(change)}`]));
	if (tabOrder) lines.push(['changed', `order of the flows: ${tabOrder.before.join(', ')} → ${tabOrder.after.join(', ')}`]);
	if (lines.length === 0) return '';
	const marked = (kind: string) => (kind === 'added' || kind === 'removed' ? ` class="${kind}"` : '');
	return `<ul class="rest">${lines.map(([kind, text]) => `<li${marked(kind)}><bdi>${escapeHtml(text)}</bdi></li>`).join('')}</ul>`;
}
