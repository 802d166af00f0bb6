import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { buildGateReport, type GateInput, judgeInputs } from '../../../src/lib/lint/gate.ts';
import type { ReportSubject } from '../../../src/lib/lint/reporters/reporter.ts';
import type { Rule } from '../../../src/lib/lint/rule.ts';
import { ruleList } from '../../../src/lib/lint/rule-list.ts';
import { resolveSettings } from '../../../src/lib/lint/settings.ts';

/** Flows of a file of one line for each node, or of no file. */
export function gateInput(file: string | null, flows: FlowNode[]): GateInput {
	const text = `[\n${flows.map((node) => JSON.stringify(node)).join(',\n')}\n]`;
	return {
		origin: file ?? 'standard input',
		file,
		settingsPath: file,
		text: file === null ? null : text,
		flows,
		palette: null,
		earlier: null,
	};
}

/** Everything is shown, and only errors fail. */
export const openGate = { minConfidence: 'low' as const, baseline: null, failOn: 'error' as const, maxWarnings: undefined };

/** What reporters get for some inputs that are judged for load balancing, with nothing left out. */
export function subjectOf(inputs: GateInput[], rules?: readonly Rule[]): ReportSubject {
	const options = { mode: 'load-balanced' as const, settings: resolveSettings(), ...(rules ? { rules } : {}) };
	const { report } = buildGateReport(judgeInputs(inputs, options), options, openGate);
	return { report, inputs, rules: rules ?? ruleList, version: '1.2.3' };
}

/** Everything that a text may hold and a format may trip over. */
export const HOSTILE = "a\u0000\u001b[2J \"<b>&'' ]]> %0A::error::\n| `x` [l](u) @team \ud800 \ufffe 🚢";

export const hostileTab: FlowNode = { id: 'tab', type: 'tab', label: `T ${HOSTILE}` };
export const hostileNode: FlowNode = { id: 'n', type: 'x', z: 'tab', name: HOSTILE, x: 1, y: 1, wires: [['gone']] };
/** One finding for each severity at the hostile node, with the hostile text in each of its parts. */
export const hostileRule: Rule = {
	id: 'hostile',
	family: 'correctness',
	summary: 'Says hostile things',
	check: (context) =>
		context.ofType('x').flatMap((node) =>
			(['error', 'warning', 'info'] as const).map((severity) => ({
				node,
				severity,
				confidence: 'high',
				message: `m ${HOSTILE}`,
				remediation: `r ${HOSTILE}`,
			})),
		),
};
