import { type Activity, findActivity, isConfigNode, isContainer, subflowOf } from './activity.ts';
import { buildEdges, subflowInput } from './edges.ts';
import type { FlowGraph } from './model.ts';
import type { FlowNode } from './node.ts';
import { leaveSubflow } from './reach.ts';

export function buildGraph(nodes: readonly FlowNode[]): FlowGraph {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const activity = findActivity(nodes, byId);
	const edges = buildEdges(nodes, byId, activity);
	const innerInstances = groupInnerInstances(nodes, byId, activity);
	const subflowOrder = orderSubflows(nodes, innerInstances);
	const passages = new Map<string, Set<number>>();
	for (const subflow of subflowOrder) {
		const input = subflowInput(subflow);
		passages.set(subflow, new Set(leaveSubflow({ edges, byId, passages }, subflow, new Map([[input, input]])).keys()));
	}
	return { nodes, byId, activity, edges, subflowOrder, innerInstances, passages };
}

/** The tab or subflow that a node stands in; undefined for global config nodes and for nodes whose tab is missing. */
export function containerOf(graph: FlowGraph, node: FlowNode): FlowNode | undefined {
	const container = graph.byId.get(node.z ?? '');
	return container?.type === 'tab' || container?.type === 'subflow' ? container : undefined;
}

/** The nodes that run and stand in a flow, in the order of the file: no tabs, no groups, no config nodes. */
export function runningNodes(graph: FlowGraph): FlowNode[] {
	return graph.nodes.filter((node) => graph.activity.running.has(node.id) && !isConfigNode(node) && !isContainer(node));
}

/** How many copies of a node run: one, or for a node in a subflow one for each running instance, nested ones multiplied. */
export function countCopies(graph: FlowGraph, node: FlowNode): number {
	const copies = new Map<string, number>();
	const copiesIn = (container: string): number => (graph.byId.get(container)?.type === 'subflow' ? (copies.get(container) ?? 0) : 1);
	if (graph.byId.get(node.z ?? '')?.type !== 'subflow') return 1;
	for (const subflow of graph.subflowOrder.toReversed()) {
		let count = 0;
		for (const instance of graph.activity.instances.get(subflow) ?? []) count += copiesIn(instance.z ?? '');
		copies.set(subflow, count);
	}
	return copiesIn(node.z ?? '');
}

function groupInnerInstances(nodes: readonly FlowNode[], byId: ReadonlyMap<string, FlowNode>, activity: Activity): Map<string, FlowNode[]> {
	const inner = new Map<string, FlowNode[]>();
	for (const node of nodes) {
		if (subflowOf(node) === null || !activity.running.has(node.id)) continue;
		const container = byId.get(node.z ?? '');
		if (container?.type !== 'subflow') continue;
		const known = inner.get(container.id);
		if (known) known.push(node);
		else inner.set(container.id, [node]);
	}
	return inner;
}

/** Depth first, by hand so that deep nesting cannot exhaust the stack; a subflow inside itself, which Node-RED refuses, ends there. */
function orderSubflows(nodes: readonly FlowNode[], inner: ReadonlyMap<string, readonly FlowNode[]>): string[] {
	const order: string[] = [];
	const seen = new Set<string>();
	for (const node of nodes) {
		if (node.type !== 'subflow') continue;
		const path: { id: string; leave: boolean }[] = [{ id: node.id, leave: false }];
		for (let step = path.pop(); step; step = path.pop()) {
			if (step.leave) order.push(step.id);
			if (step.leave || seen.has(step.id)) continue;
			seen.add(step.id);
			path.push({ id: step.id, leave: true });
			for (const instance of inner.get(step.id) ?? []) path.push({ id: subflowOf(instance) as string, leave: false });
		}
	}
	return order;
}
