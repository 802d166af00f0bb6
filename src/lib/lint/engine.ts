import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { containerOf } from '../flows/graph.ts';
import type { Mode } from '../flows/mode.ts';
import type { FlowNode } from '../flows/node.ts';
import type { NodeKnowledge } from './catalogue/knowledge.ts';
import type { ContextStores } from './context-stores.ts';
import { confidences, type Finding, type LintReport, type RelatedNode, severities } from './finding.ts';
import { judgeFlows } from './judge-flows.ts';
import type { Palette } from './palette.ts';
import type { RelatedJudgement } from './related.ts';
import { buildReport } from './report.ts';
import type { Judgement, Rule, RuleFacts } from './rule.ts';
import { createRuleContext, type RuleContext } from './rule-context.ts';
import { rules as allRules } from './rules/index.ts';
import type { PrimaryPolicy } from './singletons.ts';

export interface LintOptions {
	mode: Mode;
	/** Default: all. */
	rules?: readonly Rule[];
	/** A team's own node types, which go before the catalogue's; `checkTypes` makes them of what a file says. */
	types?: readonly NodeKnowledge[];
	/** `contextStorage` of the settings that production runs with; without it, a named store is taken for lasting and perhaps shared. */
	contextStores?: ContextStores;
	/** Names of environment variables that production is known to have. */
	variables?: readonly string[];
	/** The modules that stand beside the flows, where they are known. */
	palette?: Palette;
	/** What the primary of several instances alone fires; null or absent where nothing says that there is one. */
	primary?: PrimaryPolicy | null;
	/** Does the work, and may measure it: `what` is a rule's id, or `flow model`. What several rules use, the first to ask pays for. */
	measure?: <T>(what: string, work: () => T) => T;
}

/**
 * Judges flows for a mode. Pure.
 * @throws FlowferryError LINT_RULE_FAILED (exit 3) where a rule throws: a crash must not read as 'no findings'.
 */
export function lint(flows: readonly FlowNode[], options: LintOptions): LintReport {
	const { mode, rules = allRules, measure = (_what, work) => work() } = options;
	const context = measure('flow model', () => createRuleContext(flows, options));
	const findings = rules.flatMap((rule) => measure(rule.id, () => runRule(rule, context)));
	const verdicts = measure('verdicts', () => judgeFlows(context, rules, findings));
	return { ...buildReport(findings, flows, mode), verdicts };
}

function runRule(rule: Rule, context: RuleContext): Finding[] {
	try {
		return Array.from(rule.check(context), (judgement) => {
			if (rule.from !== undefined) assertJudgement(judgement, context);
			return toFinding(rule, judgement, containerOf(context.graph, judgement.node));
		});
	} catch (cause) {
		throw new FlowferryError({
			code: 'LINT_RULE_FAILED',
			message: `The rule ${rule.id} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
			hint: `This is a defect of ${rule.from === undefined ? 'flowferry: please report it' : `the plugin ${rule.from}: report it to its authors`}, with the flow if you can. No finding of this run can be relied on.`,
			exitStatus: ExitStatus.internal,
			cause,
		});
	}
}

/** Our own rules are compiled and tested against the type; others are not. */
function assertJudgement({ node, severity, confidence, message, remediation }: Judgement, { graph }: RuleContext): void {
	const fault =
		graph.byId.get(node?.id) !== node
			? 'a node that is not in the flows'
			: !severities.includes(severity)
				? `the severity ${String(severity)}`
				: !confidences.includes(confidence)
					? `the confidence ${String(confidence)}`
					: [message, remediation].some((text) => typeof text !== 'string' || text === '')
						? 'no message or no remediation'
						: null;
	if (fault !== null) throw new TypeError(`it judges with ${fault}`);
}

/** @param container the tab or subflow of the node, or the node itself where it is one */
export function toFinding(rule: RuleFacts, judgement: Judgement, container: FlowNode | undefined): Finding {
	const { node, severity, confidence, message, remediation, related } = judgement;
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
		docs: rule.docs ?? `docs/rules/${rule.id}.md`,
		...(related && related.length > 0 ? { related: related.map(toRelated) } : {}),
	};
}

function toRelated({ node, why }: RelatedJudgement): RelatedNode {
	return { nodeId: node.id, nodeName: typeof node.name === 'string' ? node.name : '', why };
}
