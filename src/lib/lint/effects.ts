import { subflowOf } from '../flows/activity.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Lookup } from './catalogue/index.ts';

/** Whether a node changes something outside Node-RED. Of types that nobody knows, those that emit nothing further are taken to act: what else would they be for? */
export function hasEffect(node: FlowNode, isHeard: (node: FlowNode) => boolean, lookUp: Lookup): boolean {
	const knowledge = lookUp(node.type);
	return knowledge ? knowledge.acts === true : subflowOf(node) === null && !isHeard(node);
}
