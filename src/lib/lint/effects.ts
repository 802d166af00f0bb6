import { subflowOf } from '../flows/activity.ts';
import { findLeads, type Leads } from '../flows/lead.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';
import { findKnowledge } from './catalogue/index.ts';
import type { ContextIndex } from './context-index.ts';

/** For a node, one that it leads to and that changes something outside Node-RED. */
export function findEffects(graph: FlowGraph, running: readonly FlowNode[], isHeard: (node: FlowNode) => boolean): Leads {
	return findLeads(
		graph,
		running.filter((node) => hasEffect(node, isHeard)),
	);
}

/** For a node, one that it leads to and that writes to a context. */
export function findContextWrites(graph: FlowGraph, running: readonly FlowNode[], contexts: ContextIndex): Leads {
	return findLeads(
		graph,
		running.filter((node) => contexts.usesOf(node).some((use) => use.kind !== 'read' && !use.atStart)),
	);
}

/** Of types that nobody knows, those that emit nothing further are taken to act: what else would they be for? */
function hasEffect(node: FlowNode, isHeard: (node: FlowNode) => boolean): boolean {
	const knowledge = findKnowledge(node.type);
	return knowledge ? knowledge.acts === true : subflowOf(node) === null && !isHeard(node);
}
