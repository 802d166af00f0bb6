import { drawScene } from '../../../drawing/draw-scene.ts';
import { escapeHtml, shorten } from '../../../drawing/escape.ts';
import { zoomButtons } from '../../../drawing/zoom-buttons.ts';
import type { Drawing } from './page-layout.ts';
import { count, countBySeverity, renderTally } from './tally.ts';

/** With more flows than this, those without a finding begin closed. */
export const MANY_FLOWS = 12;

const kinds = { flow: '', subflow: 'subflow', homeless: '', config: '' };

/** A flow's drawing under its name, to open and close. */
export function renderFlow(drawing: Drawing, number: number, isOpen: boolean): string {
	const { title, findings, marks } = drawing;
	const { container, kind, disabled, nodes, junctions, parked } = drawing.scene;
	const anchor = container && drawing.anchorOf(container.id);
	const notes = [kinds[kind], disabled && 'disabled', count(nodes.length + junctions.length + parked.length, 'node')]
		.filter(Boolean)
		.join(', ');
	const own = container && marks.has(container.id) ? ` marked ${marks.get(container.id)?.tone}` : '';
	return [
		`<details class="flow${own}" id="flow-${number}"${isOpen ? ' open' : ''}>`,
		`<summary${anchor ? ` id="${anchor}"` : ''}><h3><bdi>${escapeHtml(shorten(title, 200))}</bdi></h3> <small>${notes}</small> ${renderTally(countBySeverity(findings))}</summary>`,
		`<div class="frame">${zoomButtons}<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(shorten(title, 200))}">${drawScene(drawing.scene, title, number, drawing)}</div></div>`,
		'</details>',
	].join('\n');
}
