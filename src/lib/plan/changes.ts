import { canonicalJson } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import type { FlowChange } from './plan.ts';

/** Where a node stands in the editor is no change of what it does. */
const LAYOUT = new Set(['x', 'y', 'w', 'h']);

/** What differs between two releases' flows, by flow; flows without a difference are left out. */
export function compareFlows(before: FlowNode[], after: FlowNode[]): FlowChange[] {
	const earlier = new Map(before.map((node) => [node.id, node]));
	const later = new Map(after.map((node) => [node.id, node]));
	const labels = new Map(
		[...before, ...after].filter(({ type }) => type === 'tab' || type === 'subflow').map((node) => [node.id, labelOf(node)]),
	);
	const changes = new Map<string | null, FlowChange>();

	function count(node: FlowNode, kind: 'added' | 'removed' | 'changed'): void {
		const flow = labels.get(node.z ?? '') ?? labels.get(node.id) ?? null;
		const change = changes.get(flow) ?? { flow, added: 0, removed: 0, changed: 0 };
		change[kind]++;
		changes.set(flow, change);
	}

	for (const node of after) {
		const old = earlier.get(node.id);
		if (!old) count(node, 'added');
		else if (meaning(old) !== meaning(node)) count(node, 'changed');
	}
	for (const node of before) if (!later.has(node.id)) count(node, 'removed');
	return [...changes.values()];
}

function meaning(node: FlowNode): string {
	return canonicalJson(Object.fromEntries(Object.entries(node).filter(([key]) => !LAYOUT.has(key))));
}

function labelOf(node: FlowNode): string {
	return node.label || node.name || node.id;
}
