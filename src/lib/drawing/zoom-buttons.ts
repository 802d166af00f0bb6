const buttons = [
	['out', '−', 'Smaller'],
	['in', '+', 'Larger'],
	['whole', '⤢', 'Whole flow'],
];

/** What `zoomScript` listens to. */
export const zoomButtons = `<div class="zoom">${buttons
	.map(([how, sign, label]) => `<button type="button" data-zoom="${how}" title="${label}" aria-label="${label}">${sign}</button>`)
	.join('')}</div>`;
