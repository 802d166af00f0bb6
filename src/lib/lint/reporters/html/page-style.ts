import { drawingStyle } from '../../../drawing/drawing-style.ts';

/** The report's own style. */
export const pageStyle = `${drawingStyle}

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
.error { --mark: var(--error); } .warning { --mark: var(--warning); } .info { --mark: var(--info); }

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
