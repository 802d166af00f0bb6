/** The page's own style. Flow drawings keep the editor's colours in the dark: only canvas, grid and frames change. */
export const pageStyle = `
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

.top { display: flex; flex-wrap: wrap; gap: 12px 32px; align-items: center; justify-content: space-between; padding: 16px 24px; background: var(--panel); border-bottom: 1px solid var(--line); }
.top p { color: var(--soft); }
.top strong { color: var(--text); }
.cards { display: flex; gap: 10px; list-style: none; }
.card { min-width: 84px; padding: 6px 14px; border-radius: 8px; text-align: center; font-size: 12px; }
.card b { display: block; font-size: 22px; line-height: 1.2; }
.card.zero { background: var(--good-soft); color: var(--good); }
.error.card, .pill.error { background: var(--error-soft); color: var(--error); }
.warning.card, .pill.warning { background: var(--warning-soft); color: var(--warning); }
.info.card, .pill.info { background: var(--info-soft); color: var(--info); }
.pill { display: inline-block; padding: 0 8px; border-radius: 10px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.pill.none { color: var(--soft); font-weight: normal; padding: 0; }
.strategy { display: inline-block; padding: 0 8px; border-radius: 4px; font-size: 12px; background: var(--good-soft); color: var(--good); }
.strategy.none { background: var(--error-soft); color: var(--error); }

.overview { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; padding: 16px 24px 0; align-items: start; }
.overview section, .findings, .flow { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.overview section { padding: 12px 16px; }
.table { max-height: 300px; overflow: auto; }
table { width: 100%; border-collapse: collapse; }
th { text-align: start; font-weight: 600; overflow-wrap: anywhere; }
[aria-labelledby=by-family] th { overflow-wrap: normal; }
thead th { color: var(--soft); font-size: 12px; font-weight: normal; }
td, th { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
.chart { width: 45%; min-width: 90px; padding-top: 9px; }
.chart svg { display: block; border-radius: 3px; }
.bar.error { fill: var(--error); } .bar.warning { fill: var(--warning); } .bar.info { fill: var(--info); }

.workbench { display: grid; grid-template-columns: minmax(300px, 380px) minmax(0, 1fr); gap: 16px; padding: 16px 24px 40px; align-items: start; }
.findings { position: sticky; top: 12px; max-height: calc(100vh - 24px); display: flex; flex-direction: column; overflow: hidden; }
.findings h2 { padding: 12px 16px 0; }
.filters { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 8px; padding: 8px 16px 10px; border-bottom: 1px solid var(--line); }
.filters > input, .filters > fieldset, .count { grid-column: 1 / -1; }
.filters select { width: 100%; min-width: 0; }
fieldset { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0; padding: 0; border: 0; font-size: 13px; }
legend { float: left; min-width: 76px; padding: 0; color: var(--soft); }
fieldset label { display: inline-flex; gap: 4px; align-items: center; }
.count { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; color: var(--soft); font-size: 13px; }
.count output { flex: 1; }
.count button { padding: 1px 8px; font-size: 12px; }
.only { max-width: 100%; color: var(--link); border-color: var(--link); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.list { flex: 1; min-height: 0; overflow-y: auto; list-style: none; }
.finding { padding: 10px 16px 12px 13px; border-bottom: 1px solid var(--line); border-inline-start: 3px solid transparent; cursor: pointer; overflow-wrap: anywhere; }
.finding:hover, .finding.current { background: color-mix(in srgb, var(--lit) 8%, transparent); }
.finding.current { border-inline-start-color: var(--lit); }
.head { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; }
.rule, .confidence, .flow-name { color: var(--soft); }
.confidence { margin-inline-start: auto; font-size: 12px; }
.where { font-weight: 600; }
.message { margin-top: 2px; }
.remedy { margin-top: 4px; padding-inline-start: 18px; color: var(--soft); position: relative; }
.related { margin-top: 2px; padding-inline-start: 18px; color: var(--soft); font-size: 13px; }
.related::first-letter { text-transform: uppercase; }
.why { margin-top: 4px; font-size: 13px; }
.why summary { padding: 0; color: var(--link); }
.why dl { margin: 4px 0; }
.why dt { margin-top: 4px; font-weight: 600; }
.why dd { margin: 0; padding-inline-start: 12px; overflow-wrap: anywhere; }
.remedy::before { content: "→"; position: absolute; inset-inline-start: 0; }
.nothing { padding: 12px 16px; color: var(--soft); }
[hidden] { display: none !important; }

.flows { display: grid; gap: 16px; min-width: 0; }
.flow { overflow: hidden; scroll-margin-top: 12px; }
.flow.lit, .flow.chosen { outline: 2px solid var(--lit); }
summary { padding: 10px 16px; cursor: pointer; }
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
.error { --mark: var(--error); } .warning { --mark: var(--warning); } .info { --mark: var(--info); }
.halo { fill: var(--mark); fill-opacity: .18; stroke: var(--mark); stroke-width: 2; }
.badge rect { fill: var(--mark); stroke: var(--canvas); stroke-width: 1.5; }
.badge text { fill: var(--canvas); font-size: 12px; font-weight: 700; text-anchor: middle; }
.node.quiet { cursor: default; }
.node.quiet .halo, .node.quiet .badge { display: none; }
.node:focus { outline: none; }
:is(.lit, .chosen, .node:focus) > .body, :is(.lit, .chosen).junction .port, :is(.lit, .chosen) > .area { stroke: var(--lit); stroke-width: 3; stroke-dasharray: none; }
:is(.lit-kin, .chosen-kin) > .body { stroke: var(--lit); stroke-width: 2.5; stroke-dasharray: 5 3; }
:is(.lit, .chosen, .node:focus) > .halo { stroke: var(--lit); stroke-width: 4; fill: var(--lit); fill-opacity: .3; }

@media (max-width: 900px) {
	.workbench { grid-template-columns: minmax(0, 1fr); padding: 12px; }
	.overview, .top { padding-inline: 12px; }
	.findings { position: static; max-height: 70vh; }
}
@media print {
	body { background: none; }
	.workbench, .overview { display: block; padding: 0; }
	.overview section, .flow, .findings { margin: 0 0 12px; }
	.findings, .scroll, .list, .table { position: static; max-height: none; overflow: visible; }
	.filters, .zoom { display: none; }
	.finding, .flow, tr { break-inside: avoid; }
	.drawing { width: auto !important; min-width: 0 !important; max-width: 100% !important; height: auto !important; max-height: 23cm; }
	.drawing, .pill, .card, .strategy, .bar { print-color-adjust: exact; }
}
`;
