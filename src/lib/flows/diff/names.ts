import { subflowOf } from '../activity.ts';
import type { FlowNode } from '../node.ts';
import { toText } from '../scalar.ts';
import type { NodeName } from './snapshot-diff.ts';

/** How nodes are called, on one side first and on the other where they are not there. */
export interface Names {
	/** @returns with an empty type where no side has such a node */
	of(id: string): NodeName;
	/** Whether this side has such a node. */
	has(id: string): boolean;
}

export function nameNodes(own: ReadonlyMap<string, FlowNode>, other: ReadonlyMap<string, FlowNode>): Names {
	return {
		has: (id) => own.has(id),
		of: (id) => {
			const node = own.get(id) ?? other.get(id);
			if (!node) return { id, type: '', name: '' };
			const subflow = subflowOf(node);
			const definition = subflow === null ? undefined : (own.get(subflow) ?? other.get(subflow));
			return { id, type: node.type, name: nameOf(node) || (definition ? nameOf(definition) : '') };
		},
	};
}

/** Properties may hold anything. */
function nameOf(node: FlowNode): string {
	return (node.type === 'tab' && toText(node.label)) || toText(node.name);
}
