import type { PlacedFinding } from '../placed.ts';
import { groupByFile, oneLine, type Reporter } from './reporter.ts';

/** A comment on a pull request may have 65,536 characters on GitHub; what does not fit is counted. */
const LONGEST = 60_000;

const MARKS = { error: '🔴 error', warning: '🟠 warning', info: '🔵 info' } as const;

/** For a comment on a pull request. */
export const markdown: Reporter = (subject) => {
	const { mode, summary, omitted } = subject.report;
	const counts = [count(summary.errors, 'error'), count(summary.warnings, 'warning'), count(summary.infos, 'info')].join(', ');
	const total = subject.report.findings.length;
	const judged = `${count(summary.nodes, 'node')} in ${count(summary.flows, 'flow')}, judged for ${mode}`;
	const left = Object.values(omitted).reduce((sum, amount) => sum + amount, 0);
	const head = `### flowferry: ${total === 0 ? 'no findings' : counts}\n\n${judged}${left === 0 ? '' : `; ${count(left, 'finding')} left out`}\n`;

	let text = head;
	let shown = 0;
	for (const [file, findings] of groupByFile(subject)) {
		if (findings.length === 0) continue;
		text += `\n**${escapeText(file)}**\n\n| | where | what |\n| --- | --- | --- |\n`;
		for (const finding of findings) {
			const row = rowOf(finding);
			if (text.length + row.length > LONGEST) return `${text}\n${count(total - shown, 'more finding')} left out for want of room.\n`;
			text += row;
			shown++;
		}
	}
	return text;
};

function rowOf({ severity, rule, nodeType, nodeName, nodeId, flowId, flowLabel, line, message, remediation }: PlacedFinding): string {
	const flow = flowId === null || flowId === nodeId ? '' : `, flow ${escapeText(flowLabel || flowId)}`;
	const place = line === null ? '' : `, line ${line}`;
	const where = `${escapeText(nodeType)} **${escapeText(nodeName || nodeId)}**${flow}${place}`;
	return `| ${MARKS[severity]} | ${where} | ${escapeText(message)} ${escapeText(remediation)} <sub>${escapeText(rule)}</sub> |\n`;
}

/** Names and texts as they are: neither as Markdown, nor as HTML, nor as a mention of somebody. */
function escapeText(text: string): string {
	return oneLine(text)
		.replace(/[\\`*_{}[\]()#+!|~$-]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('@', '&#64;')
		.replaceAll('://', '&#58;//');
}

function count(amount: number, noun: string): string {
	return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
