import { drawScene } from '../../drawing/draw-scene.ts';
import { escapeHtml, shorten } from '../../drawing/escape.ts';
import { zoomButtons } from '../../drawing/zoom-buttons.ts';
import { count } from '../printable.ts';
import type { Drawn, FlowPair } from './pairs.ts';

/** A flow as it was, and as it is, side by side. @param position of the flow on the page */
export function renderPair(pair: FlowPair, position: number): string {
	const { title, diff, nodes, before, after } = pair;
	const amounts = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
		const amount = nodes.filter((node) => node.kind === kind).length;
		return amount === 0 ? [] : [`<span class="pill ${kind}">${amount} ${kind}</span>`];
	});
	const kind = diff.flow?.type === 'subflow' ? 'subflow' : '';
	const state = diff.state === 'kept' ? '' : `<span class="pill ${diff.state}">${diff.state}</span>`;
	const drawn = (after ?? before)?.scene;
	const size = drawn ? count(drawn.nodes.length + drawn.junctions.length + drawn.parked.length, 'node') : '';
	return [
		`<details class="flow" id="flow-${position}" open>`,
		`<summary><h3><bdi>${escapeHtml(shorten(title, 200))}</bdi></h3> <small>${[kind, size].filter(Boolean).join(', ')}</small> ${state}${amounts.join(' ')}</summary>`,
		`<div class="frame">${zoomButtons}<div class="pair${before && after ? '' : ' alone'}">`,
		renderSide('before', 'Before', before, title, 2 * position),
		renderSide('after', 'After', after, title, 2 * position + 1),
		'</div></div></details>',
	].join('\n');
}

function renderSide(side: string, label: string, drawn: Drawn | null, title: string, number: number): string {
	const name = `${label}: ${shorten(title, 200)}`;
	if (drawn === null) return `<section class="side ${side} absent"><h4>${label}</h4><p>not there</p></section>`;
	const drawing = drawScene(drawn.scene, name, number, drawn.dress);
	return `<section class="side ${side}"><h4>${label}</h4><div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(name)}">${drawing}</div></section>`;
}
