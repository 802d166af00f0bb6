/**
 * The style of pages that show flows: colours for light and dark, letters, and the drawings themselves, which keep the editor's
 * colours in the dark: only canvas, grid and frames change. A mark's colour is `--mark`, which the page sets for each tone.
 */
export const drawingStyle = `
:root {
	color-scheme: light dark;
	--page: #f3f4f6; --panel: #fff; --text: #1f2328; --soft: #59636e; --line: #d9dee4; --link: #0b62c4; --field: #fff;
	--canvas: #fff; --grid: #eee; --wire: #999; --port: #d9d9d9; --border: #999; --group-label: #777;
	--error: #cf222e; --warning: #b35900; --info: #0969da; --good: #1a7f37;
	--error-soft: #ffebe9; --warning-soft: #fff1dc; --info-soft: #ddf0ff; --good-soft: #dafbe1;
	--lit: #0090ff; --faded: .5;
}
@media screen and (prefers-color-scheme: dark) {
	:root {
		--page: #0f1216; --panel: #181c22; --text: #e4e8ed; --soft: #9aa5b1; --line: #2e353e; --link: #6cb0ff; --field: #0f1216;
		--canvas: #1d2127; --grid: #272c34; --wire: #8b949e; --port: #b8bec5; --border: #6e7681; --group-label: #aab2bb;
		--error: #ff6a61; --warning: #f0a03c; --info: #5aabff; --good: #4ec26b;
		--error-soft: #45191b; --warning-soft: #402a0c; --info-soft: #122f52; --good-soft: #12361f;
		--faded: .6;
	}
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.5 "Helvetica Neue", Arial, Helvetica, sans-serif; }
h1, h2, h3, p, ol, ul { margin: 0; padding: 0; }
h1 { font-size: 20px; line-height: 1.3; overflow-wrap: anywhere; }
h2 { font-size: 15px; }
h3 { display: inline; font-size: 15px; overflow-wrap: anywhere; }
a { color: var(--link); }
small { color: var(--soft); font-size: 12px; font-weight: normal; }
code { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
button, select, input { font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--lit); outline-offset: 2px; }
.symbols { position: absolute; }
symbol { fill: none; stroke: #fff; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
symbol .solid { fill: #fff; stroke: none; }
symbol .faint { stroke: #bbb; }

.frame { position: relative; border-top: 1px solid var(--line); }
.scroll { max-height: 85vh; overflow: auto; background: var(--canvas); }
.zoom { position: absolute; right: 18px; top: 8px; z-index: 1; display: flex; gap: 4px; }
.zoom button { width: 28px; padding: 2px 0; background: var(--panel); opacity: .85; }
.zoom button:hover, .zoom button:focus-visible { opacity: 1; }

.drawing { display: block; max-width: 100%; height: auto; font: 14px "Helvetica Neue", Arial, Helvetica, sans-serif; }
.drawing text { white-space: pre; user-select: none; }
.canvas { fill: var(--canvas); }
.grid { fill: none; stroke: var(--grid); }
.wires { fill: none; stroke: var(--wire); stroke-width: 3; }
.wires .disabled, .drawing.disabled .wires { stroke-width: 2; stroke-dasharray: 10 8; stroke: color-mix(in srgb, var(--wire) 65%, var(--canvas)); }
.area { stroke-width: 2; }
.area:not([fill]) { fill: none; }
.area:not([stroke]) { stroke: var(--wire); }
.group-label:not([fill]) { fill: var(--group-label); }
.group.marked .area { stroke: var(--mark); stroke-dasharray: 12 4; stroke-width: 3; }
.body, .port, .square { stroke: var(--border); }
.port { fill: var(--port); }
.shade { fill-opacity: .05; }
.edge { fill: none; stroke: #000; stroke-opacity: .1; }
.label { fill: #333; dominant-baseline: middle; }
.label.named { font-style: italic; }
.label.end { text-anchor: end; }
.button rect { stroke: var(--border); }
.button rect:first-child { fill: #eee; }
.button.off { opacity: .35; }
.node.disabled .body, .drawing.disabled .body, .node.disabled .button rect, .drawing.disabled .button rect { stroke-dasharray: 8 3; fill-opacity: var(--faded); }
.node.disabled .label, .drawing.disabled .label { fill-opacity: .8; }
.drawing.disabled .area { stroke-dasharray: 8 3; }
.square { fill: #eee; }
.port-label, .port-number { fill: #646464; font-size: 10px; text-anchor: middle; }
.port-number { font-size: 16px; }
.parked-rule { stroke: var(--line); stroke-dasharray: 4 4; }
.parked-head { fill: var(--soft); font-size: 13px; }

.node.marked, .group.marked { cursor: pointer; }
.halo { fill: var(--mark); fill-opacity: .18; stroke: var(--mark); stroke-width: 2; }
.badge rect { fill: var(--mark); stroke: var(--canvas); stroke-width: 1.5; }
.badge text { fill: var(--canvas); font-size: 12px; font-weight: 700; text-anchor: middle; }
.node.quiet { cursor: default; }
.node.quiet .halo, .node.quiet .badge { display: none; }
.node:focus { outline: none; }
:is(.lit, .chosen, .node:focus) > .body, :is(.lit, .chosen).junction .port, :is(.lit, .chosen) > .area { stroke: var(--lit); stroke-width: 3; stroke-dasharray: none; }
:is(.lit-kin, .chosen-kin) > .body { stroke: var(--lit); stroke-width: 2.5; stroke-dasharray: 5 3; }
:is(.lit, .chosen, .node:focus) > .halo { stroke: var(--lit); stroke-width: 4; fill: var(--lit); fill-opacity: .3; }
`;
