import type { Mode } from '../flows/mode.ts';
import type { FlowNode } from '../flows/node.ts';
import { type Finding, type LintReport, type Severity, severities } from './finding.ts';

/** From which severity a report fails a gate. */
export type FailOn = Severity | 'never';

/** A report of the findings at some flows: sorted, and counted. */
export function buildReport(findings: readonly Finding[], flows: readonly FlowNode[], mode: Mode): LintReport {
	return { version: 1, mode, findings: sortFindings(findings, flows), summary: { ...countFlows(flows), ...countFindings(findings) } };
}

function countFlows(flows: readonly FlowNode[]): Pick<LintReport['summary'], 'nodes' | 'flows'> {
	return { nodes: flows.length, flows: flows.filter((node) => node.type === 'tab').length };
}

export function countFindings(findings: readonly Finding[]): Pick<LintReport['summary'], 'errors' | 'warnings' | 'infos'> {
	const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
	return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

/** Whether a report has a finding at or above a threshold. */
export function severityReaches(report: Pick<LintReport, 'findings'>, failOn: FailOn): boolean {
	if (failOn === 'never') return false;
	const threshold = severities.indexOf(failOn);
	return report.findings.some((finding) => severities.indexOf(finding.severity) <= threshold);
}

/** By severity, flow, rule and node; flows and nodes in the order of the file, global config nodes first. */
function sortFindings(findings: readonly Finding[], flows: readonly FlowNode[]): Finding[] {
	const position = new Map(flows.map((node, index) => [node.id, index]));
	const place = (id: string | null): number => (id === null ? -1 : (position.get(id) ?? -1));
	return [...findings].sort(
		(a, b) =>
			severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
			place(a.flowId) - place(b.flowId) ||
			Number(a.rule > b.rule) - Number(a.rule < b.rule) ||
			place(a.nodeId) - place(b.nodeId),
	);
}
