import type { FlowNode } from '../../flows/node.ts';
import type { GateReport, PlacedFinding } from '../placed.ts';
import type { RuleFacts } from '../rule.ts';

/** What formats for programs are made from. */
export interface ReportSubject {
	report: GateReport;
	/** The flows that were judged, with how messages name them: a path, `standard input`, an address. */
	inputs: readonly { origin: string; file: string | null; flows: readonly FlowNode[] }[];
	/** Every rule that there is. */
	rules: readonly RuleFacts[];
	/** Of flowferry. */
	version: string;
}

/** Pure: the same subject gives the same text. The text ends with a line break. */
export type Reporter = (subject: ReportSubject) => string;

/** `mqtt in "Orders" (8f1c…) in flow "Plant"`: which node a finding is about, on one line. */
export function nameNode({ nodeType, nodeName, nodeId, flowId, flowLabel }: PlacedFinding): string {
	const node = nodeName === '' ? `${nodeType} ${nodeId}` : `${nodeType} "${nodeName}" (${nodeId})`;
	return oneLine(flowId === null || flowId === nodeId ? node : `${node} in flow "${flowLabel || flowId}"`);
}

/** Names come from files: a line break or an escape sequence in one must not act where the report is shown. */
export function oneLine(text: string): string {
	return text.replace(/\p{Cc}+/gu, ' ');
}

/** Findings by the name of their file, in the order of the inputs; files without findings are there too. */
export function groupByFile({ report, inputs }: ReportSubject): Map<string, PlacedFinding[]> {
	const groups = new Map<string, PlacedFinding[]>(inputs.map(({ origin, file }) => [file ?? origin, []]));
	const fallback = inputs.find(({ file }) => file === null)?.origin ?? '';
	for (const finding of report.findings) groups.get(finding.file ?? fallback)?.push(finding);
	return groups;
}
