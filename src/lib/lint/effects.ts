import { subflowOf } from '../flows/activity.ts';
import type { FlowNode } from '../flows/node.ts';
import { reachFrom } from '../flows/reach.ts';
import { findKnowledge } from './catalogue/index.ts';
import type { RuleContext } from './rule-context.ts';

/** The first node that changes something outside Node-RED, on the way of what a node emits; undefined where there is none. */
export function findEffect(context: RuleContext, start: FlowNode): FlowNode | undefined {
	return findBehind(context, start, (node) => hasEffect(context, node));
}

/** The first node behind another one that writes to a context. */
export function findContextWrite(context: RuleContext, start: FlowNode): FlowNode | undefined {
	return findBehind(context, start, (node) =>
		context
			.contexts()
			.usesOf(node)
			.some((use) => use.kind !== 'read' && !use.atStart),
	);
}

function findBehind(context: RuleContext, start: FlowNode, isWanted: (node: FlowNode) => boolean): FlowNode | undefined {
	let found: FlowNode | undefined;
	reachFrom(context.graph, [start], {
		until: (node) => {
			if (found || !isWanted(node)) return false;
			found = node;
			return true;
		},
	});
	return found;
}

/** Of types that nobody knows, those that emit nothing further are taken to act: what else would they be for? */
function hasEffect(context: RuleContext, node: FlowNode): boolean {
	const knowledge = findKnowledge(node.type);
	return knowledge ? knowledge.acts === true : subflowOf(node) === null && !context.isHeard(node);
}
