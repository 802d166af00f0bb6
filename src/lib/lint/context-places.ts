import type { ContextUse } from '../flows/context-use.ts';
import type { FlowNode } from '../flows/node.ts';

/** Stands for a key that is computed. */
export const anyKey = '\0any';

const parentPrefix = '$parent.';

export function withoutParent(key: string): string {
	return key.startsWith(parentPrefix) ? withoutParent(key.slice(parentPrefix.length)) : key;
}

/** A context is one for all flows, one for each flow, or one for each node; `$parent.` may lead into any flow. */
export function readPlaces(node: FlowNode, use: ContextUse): string[] {
	if (use.scope === 'global') return ['global'];
	if (use.scope === 'node') return [`node ${node.id}`];
	return use.key?.startsWith(parentPrefix) ? ['flow any', 'flow parent'] : ['flow any', `flow ${node.z ?? ''}`];
}

export function writePlaces(node: FlowNode, use: ContextUse): string[] {
	if (use.scope !== 'flow') return readPlaces(node, use);
	return use.key?.startsWith(parentPrefix) ? ['flow any'] : [`flow ${node.z ?? ''}`, 'flow parent'];
}
