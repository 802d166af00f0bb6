import type { LintReport } from '../../finding.ts';
import { escapeHtml, textOf } from './escape.ts';

/** What a cutover may do with a flow, out of a report that judges flows as a whole too. */
export interface ShownVerdict {
	flowId: string;
	/** Names of strategies, the best first; none where the flow is not ready. */
	allows: string[];
}

/** By flow id; empty where the report has none. */
export function verdictsOf(report: LintReport & { verdicts?: unknown }): Map<string, ShownVerdict> {
	const verdicts = Array.isArray(report.verdicts) ? report.verdicts : [];
	return new Map(
		verdicts.map((verdict) => {
			const { flowId, allows } = Object(verdict);
			return [textOf(flowId), { flowId: textOf(flowId), allows: Array.isArray(allows) ? allows.map(textOf) : [] }];
		}),
	);
}

export function renderVerdict(verdict: ShownVerdict | undefined): string {
	if (verdict === undefined) return '';
	if (verdict.allows.length === 0) return '<span class="strategy none">not ready</span>';
	return verdict.allows.map((strategy) => `<span class="strategy">${escapeHtml(strategy)}</span>`).join(' ');
}
