import { nearest } from '../config/nearest.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';
import { toFinding } from './engine.ts';
import type { Finding } from './finding.ts';
import { suppressionUnused, suppressionWithoutReason } from './suppression-rules.ts';

/** `flowferry-disable <rule>[, <rule>]: <reason>`, on a line of its own in the description of a node, a flow or a subflow. */
export interface Suppression {
	/** Whose description it is in: it is about this node, or about all that stands in this flow. */
	owner: FlowNode;
	/** As written; may name what is no rule, or nothing at all. */
	rules: string[];
	/** Empty where none is given: then it suppresses nothing. */
	reason: string;
}

/** One rule of a suppression that met no finding. */
export interface UnmetSuppression {
	owner: FlowNode;
	rule: string;
}

/** The line may be an item of a list, or inside an HTML comment, which the editor does not show. */
const DIRECTIVE = /^[ \t]*(?:<!--|[-*>])?[ \t]*`?flowferry-disable(?![\w-])[ \t]*([^:\n]*)(?::([^\n]*))?$/gm;

/** Of what runs: at disabled nodes, in disabled flows and in unused subflows nothing is judged, and so nothing suppressed. */
export function readSuppressions({ nodes, activity }: FlowGraph): Suppression[] {
	const isActive = ({ id, type, disabled }: FlowNode) =>
		type === 'tab' ? disabled !== true : type === 'subflow' ? activity.instances.has(id) : activity.running.has(id);
	return nodes.filter((node) => mayHoldSuppression(node) && isActive(node)).flatMap(readDirectives);
}

/** Cheap, to be asked of every node. */
export function mayHoldSuppression({ info }: FlowNode): boolean {
	return typeof info === 'string' && info.includes('flowferry-disable');
}

function readDirectives(owner: FlowNode): Suppression[] {
	const text = (owner.info as string).replaceAll('\r', '');
	return Array.from(text.matchAll(DIRECTIVE), ([, rules, reason = '']) => ({
		owner,
		rules: withoutMarks(rules as string)
			.split(',')
			.map((rule) => rule.trim())
			.filter((rule) => rule !== ''),
		reason: withoutMarks(reason),
	}));
}

function withoutMarks(text: string): string {
	return text.replace(/(?:`|-->)?\s*$/, '').trim();
}

/** Takes out of the findings what is suppressed with a reason. */
export function suppress(
	findings: readonly Finding[],
	suppressions: readonly Suppression[],
): { kept: Finding[]; suppressed: Finding[]; unmet: UnmetSuppression[] } {
	const wanted = new Map<string, UnmetSuppression>();
	for (const { owner, rules, reason } of suppressions) {
		if (reason !== '') for (const rule of rules) wanted.set(keyOf(owner.id, rule), { owner, rule });
	}
	const met = new Set<string>();
	const isSuppressed = ({ nodeId, flowId, rule }: Finding) => {
		const keys = [keyOf(nodeId, rule), keyOf(flowId ?? '', rule)].filter((key) => wanted.has(key));
		for (const key of keys) met.add(key);
		return keys.length > 0;
	};
	const { kept = [], suppressed = [] } = Object.groupBy(findings, (finding) => (isSuppressed(finding) ? 'suppressed' : 'kept'));
	return { kept, suppressed, unmet: [...wanted].filter(([key]) => !met.has(key)).map(([, suppression]) => suppression) };
}

/** JSON, so that no id can run into a rule's name. */
function keyOf(owner: string, rule: string): string {
	return JSON.stringify([owner, rule]);
}

/** Findings at suppressions that are no good: each `unmet`, and those without a reason or without a rule. */
export function judgeSuppressions(
	suppressions: readonly Suppression[],
	unmet: readonly UnmetSuppression[],
	knownRules: readonly string[],
	containerOf: (node: FlowNode) => FlowNode | undefined,
): Finding[] {
	const warn = (facts: typeof suppressionUnused, node: FlowNode, message: string, remediation: string) =>
		toFinding(facts, { node, severity: 'warning', confidence: 'high', message, remediation }, isFlow(node) ? node : containerOf(node));
	return suppressions
		.flatMap(({ owner, rules, reason }) => {
			if (rules.length === 0) {
				return [
					warn(
						suppressionUnused,
						owner,
						'The suppression names no rule.',
						'Write `flowferry-disable <rule>: <reason>`, or remove the line.',
					),
				];
			}
			if (reason !== '') return [];
			return [
				warn(
					suppressionWithoutReason,
					owner,
					`The suppression of ${rules.join(', ')} gives no reason, so it has no effect.`,
					`Say why this is no hazard here: \`flowferry-disable ${rules.join(', ')}: <reason>\`.`,
				),
			];
		})
		.concat(
			unmet.map(({ owner, rule }) => {
				if (knownRules.includes(rule)) {
					return warn(
						suppressionUnused,
						owner,
						`The rule ${rule} finds nothing ${isFlow(owner) ? 'in this flow' : 'at this node'}, in neither mode.`,
						`Remove ${rule} from the suppression in the description.`,
					);
				}
				const meant = nearest(rule, knownRules);
				const remediation = meant ? `Write ${meant}, if you meant that.` : 'See the rules with `flowferry rules`.';
				return warn(suppressionUnused, owner, `The suppression names "${rule}", which is no rule.`, remediation);
			}),
		);
}

function isFlow({ type }: FlowNode): boolean {
	return type === 'tab' || type === 'subflow';
}
