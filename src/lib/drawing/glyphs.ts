/**
 * The pictures on nodes: drawn for this report, white on the node's colour, in a square of 30. They say the same as the
 * editor's. Lines are 2 wide unless they say otherwise; `.solid` is filled instead.
 */
const drawings = {
	inject: '<path class="solid" d="M7 12.5h8V8l9 7-9 7v-4.5H7z"/>',
	debug: '<path d="M9 8h12M9 12.5h12M9 17h12M9 21.5h12"/>',
	alert: '<path class="solid" d="M13 6h4l-.7 11h-2.6z"/><circle class="solid" cx="15" cy="21.5" r="2.2"/>',
	heartbeat: '<path d="M5 15h5l2-6 3 13 3.2-9 1.3 2H25"/>',
	link: '<path d="M11.5 9.5a7.5 7.5 0 1 1 0 11M5 15h10"/><path class="solid" d="M13 10.5l6 4.5-6 4.5z"/>',
	'link-call': '<path d="M8 18.5a7 7 0 0 1 12-7M22 11.5a7 7 0 0 1-12 7"/><path class="solid" d="M22.5 7v7h-7zM7.5 23v-7h7z"/>',
	comment: '<path class="faint" d="M7 8h16v10H15l-4.5 4v-4H7z"/>',
	function: '<path d="M20 8.5c-2.5-1.5-4.3-.2-4.9 2.5l-2 9c-.6 2.7-2 3.6-4.1 2.5M11 13h7.5"/>',
	switch:
		'<path d="M6 15h5c4 0 2-5.5 7-5.5h5M11 15c4 0 2 5.5 7 5.5h5"/><circle class="solid" cx="23" cy="9.5" r="2"/><circle class="solid" cx="23" cy="20.5" r="2"/>',
	change:
		'<path d="M6 10h3.5c5 0 5.5 10 10.5 10h2M6 20h3.5c5 0 5.5-10 10.5-10h2"/><path class="solid" d="M21 6.5l4.5 3.5-4.5 3.5zM21 16.5l4.5 3.5-4.5 3.5z"/>',
	range: '<path d="M8 7v16M22 11v8M8 7l14 4M8 23l14-4"/>',
	template: '<path d="M18 6.5c-4 0-3.5 2-3.5 4.5s-.5 4-3.5 4c3 0 3.5 1.5 3.5 4s-.5 4.5 3.5 4.5"/>',
	clock: '<circle cx="15" cy="15" r="8"/><path d="M15 10v5.5l3.5 2.5"/>',
	pulse: '<path d="M6 21.5h5v-13h7v13h6"/>',
	cog: '<circle cx="15" cy="15" r="4.8" stroke-width="3"/><circle cx="15" cy="15" r="8" stroke-width="2.8" stroke-dasharray="3.14 3.143"/>',
	config:
		'<circle class="faint" cx="15" cy="15" r="4.8" stroke-width="3"/><circle class="faint" cx="15" cy="15" r="8" stroke-width="2.8" stroke-dasharray="3.14 3.143"/>',
	step: '<path d="M7 22h4.5V8H16v14h3.5V8H24"/>',
	waves: '<path d="M8.5 11a6.5 6.5 0 0 1 0 8M13 8a11 11 0 0 1 0 14M17.5 5.5a15 15 0 0 1 0 19"/>',
	globe: '<circle cx="15" cy="15" r="8.5"/><ellipse cx="15" cy="15" rx="3.8" ry="8.5"/><path d="M7 12h16M7 18h16" stroke-width="1.5"/>',
	page: '<path d="M9 6h8l4.5 4.5V24H9zM17 6v5h4.5"/><path d="M12 15h6.5M12 19h6.5" stroke-width="1.5"/>',
	'page-csv': '<path d="M8 7h14v16H8zM8 12.3h14M8 17.6h14M13 7v16" stroke-width="1.6"/>',
	'page-tag': '<path d="M11.5 9.5L6 15l5.5 5.5M18.5 9.5L24 15l-5.5 5.5M16.5 8l-3 14"/>',
	'page-json':
		'<path d="M11 7.5c-2.5 0-2 2-2 4s-.5 3.5-2.5 3.5c2 0 2.5 1.5 2.5 3.5s-.5 4 2 4M19 7.5c2.5 0 2 2 2 4s.5 3.5 2.5 3.5c-2 0-2.5 1.5-2.5 3.5s.5 4-2 4"/><circle class="solid" cx="15" cy="15" r="1.6"/>',
	'page-yaml': '<path d="M7 9h6M10 14h6M10 19h6M20 14h3M20 19h3"/>',
	split:
		'<path d="M6 15h5M11 15c5 0 3-7 8-7h2M11 15h10M11 15c5 0 3 7 8 7h2"/><path class="solid" d="M20.5 5l4 3-4 3zM20.5 12l4 3-4 3zM20.5 19l4 3-4 3z"/>',
	join: '<path d="M6 8h2c5 0 3 7 8 7M6 15h14M6 22h2c5 0 3-7 8-7"/><path class="solid" d="M19 11l5.5 4-5.5 4z"/>',
	sort: '<path d="M8 8h14M8 12.5h10.5M8 17h7M8 21.5h3.5"/>',
	batch:
		'<path d="M6 9h4M6 15h4M6 21h4" stroke-dasharray="2 2"/><path d="M14 7.5h10v15H14zM17 11.5h4M17 15h4M17 18.5h4" stroke-width="1.6"/>',
	eye: '<path d="M5.5 15c5-7.5 14-7.5 19 0-5 7.5-14 7.5-19 0z"/><circle class="solid" cx="15" cy="15" r="3"/>',
	subflow:
		'<path d="M7 7h16v16H7z" stroke-width="1.6"/><path d="M10.5 11h5v3h-5zM15.5 17h4v3h-4zM15.5 12.5h4M10.5 18.5h5" stroke-width="1.6"/>',
	box: '<path d="M15 6l8 4.5v9L15 24l-8-4.5v-9zM7 10.5l8 4.5 8-4.5M15 15v9" stroke-width="1.7"/>',
} as const;

export type GlyphName = keyof typeof drawings;

/** Every picture once, for the drawings of the page to refer to. */
export function glyphSymbols(): string {
	const symbols = Object.entries(drawings).map(([name, drawing]) => `<symbol id="glyph-${name}" viewBox="0 0 30 30">${drawing}</symbol>`);
	return `<svg class="symbols" width="0" height="0" aria-hidden="true">${symbols.join('')}</svg>`;
}
