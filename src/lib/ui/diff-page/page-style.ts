import { drawingStyle } from '../../drawing/drawing-style.ts';

/** Green, red and amber mean the same in the list and in the drawings. */
export const pageStyle = `${drawingStyle}
:root { --added: #1a7f37; --removed: #cf222e; --changed: #b35900; --added-soft: #dafbe1; --removed-soft: #ffebe9; --changed-soft: #fff1dc; }
@media screen and (prefers-color-scheme: dark) {
	:root { --added: #4ec26b; --removed: #ff6a61; --changed: #f0a03c; --added-soft: #12361f; --removed-soft: #45191b; --changed-soft: #402a0c; }
}
.added { --mark: var(--added); } .removed { --mark: var(--removed); } .changed { --mark: var(--changed); }
.pill { display: inline-block; padding: 0 8px; border-radius: 10px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.pill.added { background: var(--added-soft); color: var(--added); }
.pill.removed { background: var(--removed-soft); color: var(--removed); }
.pill.changed { background: var(--changed-soft); color: var(--changed); }
[hidden] { display: none !important; }

.top { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: center; justify-content: space-between; padding: 16px 24px; background: var(--panel); border-bottom: 1px solid var(--line); }
.top p { color: var(--soft); }
.rest { margin: 16px 24px 0; padding: 10px 16px; list-style: none; }
.rest li::before { content: "~ "; color: var(--changed); }
.rest li.added::before { content: "+ "; color: var(--added); }
.rest li.removed::before { content: "− "; color: var(--removed); }
fieldset { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0; padding: 0; border: 0; font-size: 13px; }
legend { float: left; padding: 0 8px 0 0; color: var(--soft); }
fieldset label { display: inline-flex; gap: 4px; align-items: center; }
.switches { display: grid; gap: 4px; }

.workbench { display: grid; grid-template-columns: minmax(300px, 400px) minmax(0, 1fr); gap: 16px; padding: 16px 24px 40px; align-items: start; }
.changes, .flow, .rest { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.changes { position: sticky; top: 12px; max-height: calc(100vh - 24px); overflow-y: auto; }
.changes > h2 { padding: 12px 16px; border-bottom: 1px solid var(--line); }
.list, .list ol { list-style: none; }
.of-flow h3 { display: block; padding: 10px 16px 4px; }
.of-flow h3 a { color: inherit; text-decoration: none; }
.of-flow h3 a:hover { text-decoration: underline; }
.change { padding: 6px 16px 6px 13px; border-inline-start: 3px solid transparent; overflow-wrap: anywhere; }
.change:hover, .change.current { background: color-mix(in srgb, var(--lit) 8%, transparent); }
.change.current { border-inline-start-color: var(--lit); }
.where { font-weight: 600; }
.what { margin: 4px 0 4px 18px; font-size: 13px; list-style: none; }
.what li { padding: 1px 0; }
.hunk { margin: 2px 0 6px; max-height: 320px; overflow: auto; font: 12px/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--field); border: 1px solid var(--line); border-radius: 4px; tab-size: 4; }
.hunk span { display: block; min-width: max-content; padding: 0 6px; white-space: pre; }
.hunk .place { color: var(--soft); }
.hunk .added { background: var(--added-soft); }
.hunk .removed { background: var(--removed-soft); }

.flows { display: grid; gap: 16px; min-width: 0; }
.flow { overflow: hidden; scroll-margin-top: 12px; }
summary { cursor: pointer; }
.flow > summary { padding: 10px 16px; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.side + .side { border-inline-start: 1px solid var(--line); }
.side h4 { margin: 0; padding: 4px 16px; font-size: 12px; font-weight: 600; color: var(--soft); }
.side.absent p { padding: 8px 16px 16px; color: var(--soft); }
.pair.alone { grid-template-columns: minmax(110px, auto) minmax(0, 1fr); }
.pair.alone:has(.after.absent) { grid-template-columns: minmax(0, 1fr) minmax(110px, auto); }
[data-view=before] .pair, [data-view=after] .pair { grid-template-columns: minmax(0, 1fr); }
[data-view=before] .side.after, [data-view=after] .side.before { display: none; }
.zoom { top: 2px; right: 6px; }
.wires .added, .wires .removed { stroke: var(--mark); stroke-width: 4; }
.wires .removed { stroke-dasharray: 9 5; }
.node.removed > :not(.halo, .badge) { opacity: .75; }
.group.marked .area { stroke: var(--mark); }

@media (max-width: 900px) {
	.workbench { grid-template-columns: minmax(0, 1fr); padding: 12px; }
	.changes { position: static; max-height: 70vh; }
	.pair, .pair.alone, .pair.alone:has(.after.absent) { grid-template-columns: minmax(0, 1fr); }
	.rest { margin-inline: 12px; }
}
@media print {
	body { background: none; }
	.workbench { display: block; padding: 0; }
	.changes, .scroll, .hunk { position: static; max-height: none; overflow: visible; }
	.zoom, .switches { display: none; }
	.flow, .change { break-inside: avoid; }
	.drawing { width: auto !important; min-width: 0 !important; max-width: 100% !important; height: auto !important; max-height: 23cm; }
	.drawing, .pill, .hunk span { print-color-adjust: exact; }
}
`;
