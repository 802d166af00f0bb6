import { instanceOutput, subflowInput, subflowOutput } from './edges.ts';
import { containerOf } from './graph.ts';
import type { FlowGraph } from './model.ts';
import type { FlowNode } from './node.ts';

/** For a node, one of the goals that its messages can come to; undefined where there is none. */
export type Leads = (start: FlowNode) => FlowNode | undefined;

/** By vertex, where messages come to it from. */
export type ReverseEdges = ReadonlyMap<string, readonly string[]>;

/**
 * Walks backwards from all goals at once, so that asking for every node of a large flow stays linear.
 * What a node inside a subflow emits leaves by every instance; what comes in by one instance leaves by that one.
 */
export function findLeads(graph: FlowGraph, goals: readonly FlowNode[], edges: ReverseEdges): Leads {
	const outside = walkBack(goals, edges);
	const leaving = new Map<string, string[]>();
	for (const [subflow, instances] of graph.activity.instances) {
		for (let port = 0; port < (graph.edges.outputs.get(subflow) ?? 0); port++) {
			for (const instance of instances) addEdge(leaving, subflowOutput(subflow, port), instanceOutput(instance.id, port));
		}
	}
	const inside = leaving.size === 0 ? outside : walkBack(goals, edges, leaving);
	return (start) => (containerOf(graph, start)?.type === 'subflow' ? inside : outside).get(start.id);
}

export function reverseEdges(graph: FlowGraph): ReverseEdges {
	const edges = new Map<string, string[]>();
	for (const [from, targets] of graph.edges.targets) for (const to of targets) addEdge(edges, from, to);
	for (const [subflow, instances] of graph.activity.instances) {
		for (const instance of instances) {
			addEdge(edges, instance.id, subflowInput(subflow));
			for (const port of graph.passages.get(subflow) ?? []) addEdge(edges, instance.id, instanceOutput(instance.id, port));
		}
	}
	return edges;
}

function addEdge(edges: Map<string, string[]>, from: string, to: string): void {
	const known = edges.get(to);
	if (known) known.push(from);
	else edges.set(to, [from]);
}

const none: readonly string[] = [];

/** By vertex, the goal that it leads to; a goal itself counts only where a loop leads back to it. */
function walkBack(goals: readonly FlowNode[], edges: ReverseEdges, more?: ReverseEdges): Map<string, FlowNode> {
	const leads = new Map<string, FlowNode>();
	const pending: [vertex: string, goal: FlowNode][] = goals.map((goal) => [goal.id, goal]);
	for (let step = pending.pop(); step; step = pending.pop()) {
		const [vertex, goal] = step;
		for (const list of [edges.get(vertex) ?? none, more?.get(vertex) ?? none]) {
			for (const from of list) {
				if (leads.has(from)) continue;
				leads.set(from, goal);
				pending.push([from, goal]);
			}
		}
	}
	return leads;
}
