import { renderPage } from '../../../drawing/page.ts';
import type { FlowNode } from '../../../flows/node.ts';
import type { LintReport } from '../../finding.ts';
import type { GateReport } from '../../placed.ts';
import { groupByFile, type Reporter } from '../reporter.ts';
import { renderFindings } from './findings-list.ts';
import { MANY_FLOWS, renderFlow } from './flow-section.ts';
import { renderOverview } from './overview.ts';
import { layOutPage, type ReportInput } from './page-layout.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/**
 * A report as one HTML document that stands alone: it loads nothing, runs no script but its own (its content security
 * policy names that by its hash), and shows each flow as the editor draws it, hazards marked. Pure; takes time linear in
 * nodes, wires and findings. `origin` names the flows. Expects flows with ids and types; everything else may be anything.
 */
export function renderHtml(report: LintReport, flows: readonly FlowNode[], origin: string): string {
	return renderReport(report, [{ origin, flows, findings: report.findings }], origin, []);
}

/** The same of all that was judged: one document, whatever number of files. */
export const html: Reporter = (subject) => {
	const { report, inputs } = subject;
	const findings = groupByFile(subject);
	const parts = inputs.map(({ origin, file, flows }) => ({ origin, flows, findings: findings.get(file ?? origin) ?? [] }));
	const title = inputs.length === 1 ? (inputs[0]?.origin ?? '') : `${inputs.length} flow files`;
	return renderReport(report, parts, title, gateNotes(report));
};

/** What the gate did with the findings, as sentences. */
function gateNotes({ omitted: { suppressed, baseline, unchanged, confidence }, failures }: GateReport): string[] {
	const omitted = [
		[suppressed, 'suppressed in the flows'],
		[baseline, 'in the baseline'],
		[unchanged, 'at what did not change'],
		[confidence, 'of too little confidence'],
	].flatMap(([amount, why]) => (amount === 0 ? [] : [`${amount} ${why}`]));
	return [
		...(failures.length === 0 ? [] : [`Does not pass: ${failures.join('; ')}.`]),
		...(omitted.length === 0 ? [] : [`Not shown: ${omitted.join(', ')}.`]),
	];
}

function renderReport(report: LintReport, inputs: readonly ReportInput[], title: string, notes: readonly string[]): string {
	const page = layOutPage(inputs);
	const drawings = page.drawings.map((drawing, number) =>
		renderFlow(drawing, number, drawing.findings.length > 0 || page.drawings.length <= MANY_FLOWS),
	);
	const body = `${renderOverview(report, page, title, notes)}
<div class="workbench">
${renderFindings(report, page)}
<main class="flows" aria-label="Drawings of the flows">
${drawings.join('\n')}
</main>
</div>`;
	return renderPage({ title: `flowferry lint: ${title}`, style: pageStyle, script: pageScript, body });
}
