import type { PlacedFinding } from '../placed.ts';
import { escapeMarkdown, LONGEST_COMMENT } from './escape-markdown.ts';
import { groupByFile, type Reporter } from './reporter.ts';

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
		text += `\n**${escapeMarkdown(file)}**\n\n| | where | what |\n| --- | --- | --- |\n`;
		for (const finding of findings) {
			const row = rowOf(finding);
			if (text.length + row.length > LONGEST_COMMENT)
				return `${text}\n${count(total - shown, 'more finding')} left out for want of room.\n`;
			text += row;
			shown++;
		}
	}
	return text;
};

function rowOf({ severity, rule, nodeType, nodeName, nodeId, flowId, flowLabel, line, message, remediation }: PlacedFinding): string {
	const flow = flowId === null || flowId === nodeId ? '' : `, flow ${escapeMarkdown(flowLabel || flowId)}`;
	const place = line === null ? '' : `, line ${line}`;
	const where = `${escapeMarkdown(nodeType)} **${escapeMarkdown(nodeName || nodeId)}**${flow}${place}`;
	return `| ${MARKS[severity]} | ${where} | ${escapeMarkdown(message)} ${escapeMarkdown(remediation)} <sub>${escapeMarkdown(rule)}</sub> |\n`;
}

function count(amount: number, noun: string): string {
	return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
