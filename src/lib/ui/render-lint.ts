import type { Finding, LintReport } from '../lint/finding.ts';
import type { Theme } from './theme.ts';

/** The readable form of a report: findings by flow, gravest first, and one line that sums up. `origin` names the flows. */
export function renderLint(report: LintReport, origin: string, theme: Theme): string {
	const groups = new Map<string | null, Finding[]>();
	for (const finding of report.findings) {
		const group = groups.get(finding.flowId);
		if (group) group.push(finding);
		else groups.set(finding.flowId, [finding]);
	}
	const blocks = [...groups.values()].map((findings) => renderGroup(findings, theme));
	return [...blocks, renderSummary(report, origin, theme)].join('\n\n');
}

function renderGroup(findings: readonly Finding[], theme: Theme): string {
	const { flowId, flowLabel } = findings[0] as Finding;
	const title = flowId === null ? 'Config nodes of all flows' : `Flow ${quote(flowLabel || flowId)}`;
	return [theme.strong(title), ...findings.map((finding) => renderFinding(finding, theme))].join('\n');
}

function renderFinding(finding: Finding, theme: Theme): string {
	const { severity, nodeType, nodeName, nodeId } = finding;
	const node = nodeName === '' ? `${printable(nodeType)} (no name)` : `${printable(nodeType)} ${quote(nodeName)}`;
	return [
		`  ${theme[severity](severity.padEnd(7))}  ${node}  ${theme.dim(printable(nodeId))}`,
		`           ${printable(finding.message)}`,
		`           → ${printable(finding.remediation)}`,
		`           ${theme.dim(`${finding.rule}, confidence ${finding.confidence}`)}`,
	].join('\n');
}

function renderSummary({ mode, summary }: LintReport, origin: string, theme: Theme): string {
	const { nodes, flows, errors, warnings, infos } = summary;
	const judged = `${count(nodes, 'node')} in ${count(flows, 'flow')} of ${printable(origin)}, judged for ${mode}`;
	if (errors + warnings + infos === 0) return `${theme.good('no findings')}: ${judged}`;
	const counts = [
		theme[errors > 0 ? 'error' : 'dim'](count(errors, 'error')),
		theme[warnings > 0 ? 'warning' : 'dim'](count(warnings, 'warning')),
		theme[infos > 0 ? 'info' : 'dim'](count(infos, 'info')),
	];
	return `${counts.join(', ')}: ${judged}`;
}

function count(amount: number, noun: string): string {
	return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

function quote(text: string): string {
	return `"${printable(text)}"`;
}

/** Names come from files: a line break or an escape sequence in one must not reach the terminal. */
function printable(text: string): string {
	return text.replace(/\p{Cc}+/gu, ' ');
}
