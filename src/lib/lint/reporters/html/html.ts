import { createHash } from 'node:crypto';
import type { FlowNode } from '../../../flows/node.ts';
import type { LintReport } from '../../finding.ts';
import { buildScenes } from './build-scenes.ts';
import { escapeHtml } from './escape.ts';
import { renderFindings } from './findings-list.ts';
import { MANY_FLOWS, renderFlow } from './flow-section.ts';
import { glyphSymbols } from './glyphs.ts';
import { renderOverview } from './overview.ts';
import { indexPage } from './page-index.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { groupFindings } from './tally.ts';

/**
 * A report as one HTML document that stands alone: it loads nothing, runs no script but its own (its content security
 * policy names that by its hash), and shows each flow as the editor draws it, hazards marked. Pure; takes time linear in
 * nodes, wires and findings. `origin` names the flows. Expects flows with ids and types; everything else may be anything.
 */
export function renderHtml(report: LintReport, flows: readonly FlowNode[], origin: string): string {
	const scenes = buildScenes(flows);
	const index = indexPage(report.findings, flows, scenes);
	const findingsOf = groupFindings(report.findings, index.sceneOf);
	const drawings = scenes.map((scene, number) => {
		const findings = findingsOf.get(number) ?? [];
		return renderFlow(scene, number, findings, index, findings.length > 0 || scenes.length <= MANY_FLOWS);
	});
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(`flowferry lint: ${origin}`)}</title>
<style>${pageStyle}</style>
</head>
<body>
${glyphSymbols()}
${renderOverview(report, scenes, origin, index)}
<div class="workbench">
${renderFindings(report, scenes, index)}
<main class="flows" aria-label="Drawings of the flows">
${drawings.join('\n')}
</main>
</div>
<script>${pageScript}</script>
</body>
</html>
`;
}

const contentSecurityPolicy = [
	"default-src 'none'",
	`style-src ${hashSource(pageStyle)}`,
	`script-src ${hashSource(pageScript)}`,
	"base-uri 'none'",
	"form-action 'none'",
].join('; ');

function hashSource(text: string): string {
	return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
