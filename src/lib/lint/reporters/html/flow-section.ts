import type { Finding } from '../../finding.ts';
import { drawScene } from './draw-scene.ts';
import { escapeHtml, shorten } from './escape.ts';
import type { PageIndex } from './page-index.ts';
import type { Scene } from './scene.ts';
import { count, countBySeverity, renderTally } from './tally.ts';

/** With more flows than this, those without a finding begin closed. */
export const MANY_FLOWS = 12;

const kinds = { flow: '', subflow: 'subflow', homeless: '', config: '' };

/** A flow's drawing under its name, to open and close. */
export function renderFlow(scene: Scene, number: number, findings: readonly Finding[], index: PageIndex, isOpen: boolean): string {
	const { container, title, kind, disabled, nodes, junctions, parked } = scene;
	const anchor = container && index.anchorOf(container.id);
	const notes = [kinds[kind], disabled && 'disabled', count(nodes.length + junctions.length + parked.length, 'node')]
		.filter(Boolean)
		.join(', ');
	const own = container && index.marks.has(container.id) ? ` marked ${index.marks.get(container.id)?.severity}` : '';
	const zoom = [
		['out', '−', 'Smaller'],
		['in', '+', 'Larger'],
		['whole', '⤢', 'Whole flow'],
	].map(([how, sign, label]) => `<button type="button" data-zoom="${how}" title="${label}" aria-label="${label}">${sign}</button>`);
	return [
		`<details class="flow${own}" id="flow-${number}"${isOpen ? ' open' : ''}>`,
		`<summary${anchor ? ` id="${anchor}"` : ''}><h3><bdi>${escapeHtml(shorten(title, 200))}</bdi></h3> <small>${notes}</small> ${renderTally(countBySeverity(findings))}</summary>`,
		`<div class="frame"><div class="zoom">${zoom.join('')}</div><div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(shorten(title, 200))}">${drawScene(scene, number, index)}</div></div>`,
		'</details>',
	].join('\n');
}
