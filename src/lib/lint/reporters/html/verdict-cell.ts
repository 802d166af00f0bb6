import { escapeHtml, shorten } from '../../../drawing/escape.ts';
import type { FlowVerdict, Obstacle } from '../../verdict.ts';
import type { NodeIndex } from './page-layout.ts';
import { groupBy } from './tally.ts';

/** What a cutover may do with a flow, and on request what forbids the rest. */
export function renderVerdict(verdict: FlowVerdict | undefined, index: NodeIndex): string {
	if (verdict === undefined) return '';
	const { allows, notReady, because } = verdict;
	const chips = allows.map((strategy) => `<span class="strategy">${escapeHtml(strategy)}</span>`);
	if (notReady) chips.unshift('<span class="strategy none">not ready</span>');
	return `${chips.join(' ')}${because.length === 0 ? '' : renderObstacles(because, index)}`;
}

function renderObstacles(because: readonly Obstacle[], index: NodeIndex): string {
	const groups = Array.from(
		groupBy(because, ({ strategy }) => strategy),
		([strategy, obstacles]) => {
			const head = strategy === 'any' ? 'Not ready' : `Not ${escapeHtml(strategy)}`;
			return `<dt>${head}</dt>${obstacles.map((obstacle) => `<dd>${renderObstacle(obstacle, index)}</dd>`).join('')}`;
		},
	);
	return `<details class="why"><summary>Why not more</summary><dl>${groups.join('')}</dl></details>`;
}

function renderObstacle({ nodeId, reason }: Obstacle, index: NodeIndex): string {
	const label = index.labelOf(nodeId);
	const text = escapeHtml(reason);
	return label === undefined ? text : `${linkNode(index, nodeId, label)}: ${text}`;
}

/** A link to a node's drawing, or its name alone where it is not drawn. */
export function linkNode(index: NodeIndex, nodeId: string, label: string): string {
	const anchor = index.anchorOf(nodeId);
	const name = `<bdi>${escapeHtml(shorten(label, 120))}</bdi>`;
	return anchor === undefined ? name : `<a class="node-link" href="#${anchor}">${name}</a>`;
}
