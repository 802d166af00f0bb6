import type { Mode } from '../flows/mode.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Change } from './change.ts';
import { lint } from './engine.ts';
import type { Finding } from './finding.ts';
import { fixesForBalanced } from './fix-balanced.ts';
import { fixesForSpare } from './fix-spare.ts';
import { createRuleContext } from './rule-context.ts';
import { rules } from './rules/index.ts';

/** Rules whose findings can be fixed. */
export const fixable: readonly string[] = [
	'clean-session-gap',
	'fixed-client-id',
	'mqtt-subscription-not-shared',
	'session-unsubscribes-at-stop',
	'shared-subscription-lingers',
];

export interface FixOptions {
	mode: Mode;
	/** The share group of all instances; default `flowferry`. */
	group?: string;
	/** What is to be fixed; default: all that the fixable rules find. */
	findings?: readonly Finding[];
}

export interface Fixed {
	/** The given flows where nothing changes; nodes that do not change are the same objects. */
	flows: readonly FlowNode[];
	changes: Change[];
}

/**
 * Changes what can be changed without knowing the plant: settings of MQTT nodes. It touches no node that a rule does not find
 * something at, adds and removes none, and what it returns is free of the findings that it changed something for. Pure.
 */
export function fixFlows(flows: readonly FlowNode[], { mode, group = 'flowferry', findings = findAll(flows, mode) }: FixOptions): Fixed {
	const found = new Map<string, Set<string>>();
	for (const { nodeId, rule } of findings) if (fixable.includes(rule)) found.set(nodeId, (found.get(nodeId) ?? new Set()).add(rule));
	const context = createRuleContext(flows, { mode });
	const changes = mode === 'load-balanced' ? fixesForBalanced(context, found, group) : fixesForSpare(context, found);
	return { flows: changes.length === 0 ? flows : applyChanges(flows, changes), changes };
}

function findAll(flows: readonly FlowNode[], mode: Mode): readonly Finding[] {
	return lint(flows, { mode, rules: rules.filter(({ id }) => fixable.includes(id)) }).findings;
}

function applyChanges(flows: readonly FlowNode[], changes: readonly Change[]): FlowNode[] {
	const byNode = Map.groupBy(changes, ({ nodeId }) => nodeId);
	return flows.map((node) => {
		const own = byNode.get(node.id);
		return own ? { ...node, ...Object.fromEntries(own.map(({ property, after }) => [property, after])) } : node;
	});
}
