import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { containerOf } from '../flows/graph.ts';
import type { Mode } from '../flows/mode.ts';
import type { FlowNode } from '../flows/node.ts';
import { type Finding, type LintReport, type Severity, severities } from './finding.ts';
import type { Judgement, Rule } from './rule.ts';
import { createRuleContext, type RuleContext } from './rule-context.ts';
import { rules as allRules } from './rules/index.ts';

export interface LintOptions {
	mode: Mode;
	/** Default: all. */
	rules?: readonly Rule[];
}

/** From which severity a report fails a gate. */
export type FailOn = Severity | 'never';

/**
 * Judges flows for a mode. Pure.
 * @throws FlowferryError LINT_RULE_FAILED (exit 3) where a rule throws: a crash must not read as 'no findings'.
 */
export function lint(flows: readonly FlowNode[], options: LintOptions): LintReport {
	const context = createRuleContext(flows, options.mode);
	const findings = (options.rules ?? allRules).flatMap((rule) => runRule(rule, context));
	const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
	return {
		version: 1,
		mode: options.mode,
		findings: sortFindings(findings, flows),
		summary: {
			nodes: flows.length,
			flows: flows.filter((node) => node.type === 'tab').length,
			errors: count('error'),
			warnings: count('warning'),
			infos: count('info'),
		},
	};
}

/** Whether a report has a finding at or above a threshold. */
export function severityReaches(report: LintReport, failOn: FailOn): boolean {
	if (failOn === 'never') return false;
	const threshold = severities.indexOf(failOn);
	return report.findings.some((finding) => severities.indexOf(finding.severity) <= threshold);
}

function runRule(rule: Rule, context: RuleContext): Finding[] {
	try {
		return Array.from(rule.check(context), (judgement) => toFinding(rule, judgement, context));
	} catch (cause) {
		throw new FlowferryError({
			code: 'LINT_RULE_FAILED',
			message: `The rule ${rule.id} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
			hint: 'This is a defect of flowferry: please report it, with the flow if you can. No finding of this run can be relied on.',
			exitStatus: ExitStatus.internal,
			cause,
		});
	}
}

function toFinding(rule: Rule, judgement: Judgement, context: RuleContext): Finding {
	const { node, severity, confidence, message, remediation } = judgement;
	const container = containerOf(context.graph, node);
	const label = container && (container.type === 'tab' ? container.label : container.name);
	return {
		rule: rule.id,
		family: rule.family,
		severity,
		confidence,
		nodeId: node.id,
		nodeType: node.type,
		nodeName: typeof node.name === 'string' ? node.name : '',
		flowId: container?.id ?? null,
		flowLabel: container ? (typeof label === 'string' ? label : '') : null,
		message,
		remediation,
		docs: `docs/rules/${rule.id}.md`,
	};
}

/** By severity, flow, rule and node; flows and nodes in the order of the file, global config nodes first. */
function sortFindings(findings: Finding[], flows: readonly FlowNode[]): Finding[] {
	const position = new Map(flows.map((node, index) => [node.id, index]));
	const place = (id: string | null): number => (id === null ? -1 : (position.get(id) ?? -1));
	return findings.sort(
		(a, b) =>
			severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
			place(a.flowId) - place(b.flowId) ||
			Number(a.rule > b.rule) - Number(a.rule < b.rule) ||
			place(a.nodeId) - place(b.nodeId),
	);
}
