import { pairNodes } from '../flows/diff/pairs.ts';
import type { FlowNode } from '../flows/node.ts';
import type { FlowChange } from './plan.ts';

/** How much differs between two releases' flows, by flow; flows without a difference are left out. `snapshot diff` says what. */
export function compareFlows(before: FlowNode[], after: FlowNode[]): FlowChange[] {
	const labels = new Map(
		[...before, ...after].filter(({ type }) => type === 'tab' || type === 'subflow').map((node) => [node.id, labelOf(node)]),
	);
	const changes = new Map<string | null, FlowChange>();
	for (const pair of pairNodes(before, after, { layout: false })) {
		const node = pair.kind === 'removed' ? pair.before : pair.after;
		const flow = labels.get(node.z ?? '') ?? labels.get(node.id) ?? null;
		const change = changes.get(flow) ?? { flow, added: 0, removed: 0, changed: 0 };
		change[pair.kind]++;
		changes.set(flow, change);
	}
	return [...changes.values()];
}

function labelOf(node: FlowNode): string {
	return node.label || node.name || node.id;
}
