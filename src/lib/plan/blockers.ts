import type { Finding } from '../lint/finding.ts';
import { type Severity, severities } from '../lint/finding.ts';
import { shortId } from '../snapshot/snapshot.ts';
import type { Blocker, PlanInput } from './plan.ts';
import { missingVariables } from './variables.ts';

/** How many findings an error names; the lint itself shows all. */
const FINDINGS_NAMED = 5;

/** What must be mended before a snapshot may be promoted. */
export function findBlockers(input: PlanInput): Blocker[] {
	return [missingVariablesOf(input), lintGate(input)].filter((blocker) => blocker !== null);
}

function missingVariablesOf({ snapshot, variables, environment }: PlanInput): Blocker | null {
	const missing = missingVariables(snapshot.content.flows, variables);
	if (missing.length === 0) return null;
	const list = missing.map(
		({ name, nodes }) => `${name} (read by ${nodes.map((node) => `${node.type} '${node.name || node.id}'`).join(', ')})`,
	);
	return {
		code: 'VARIABLES_MISSING',
		message: `the flows read variables that ${environment} does not set: ${list.join('; ')}`,
		hint: `set them under environments.${environment}.variables`,
	};
}

function lintGate({ snapshot, lint, failOn, environment, mode }: PlanInput): Blocker | null {
	if (failOn === 'never') return null;
	const stopping = lint.findings.filter((finding) => severities.indexOf(finding.severity) <= severities.indexOf(failOn));
	if (stopping.length === 0) return null;
	const named = stopping.slice(0, FINDINGS_NAMED).map(nameFinding);
	const more = stopping.length > named.length ? [`and ${stopping.length - named.length} more`] : [];
	return {
		code: 'LINT_GATE',
		message: [`the lint gate is at '${failOn}', and ${countOf(stopping, failOn)}:`, ...named, ...more].join('\n  '),
		hint: `\`flowferry snapshot show ${shortId(snapshot.id)} --flows | flowferry lint - --mode ${mode}\` explains them; mend the flows, or lower the gate: environments.${environment}.failOn, or --fail-on for this once`,
	};
}

function countOf({ length }: Finding[], failOn: Severity): string {
	const atLeast = failOn === 'error' ? '' : ` of severity ${failOn} or worse`;
	return length === 1 ? `1 finding${atLeast} stands in the way` : `${length} findings${atLeast} stand in the way`;
}

function nameFinding({ severity, rule, nodeType, nodeName, nodeId, flowLabel }: Finding): string {
	const flow = flowLabel ? ` on '${flowLabel}'` : '';
	return `${severity}: ${rule} at ${nodeType} '${nodeName || nodeId}' (${nodeId})${flow}`;
}
