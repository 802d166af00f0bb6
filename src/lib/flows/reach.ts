import { subflowOf } from './activity.ts';
import { instanceOutput, subflowInput, subflowOutput } from './edges.ts';
import type { FlowGraph } from './model.ts';
import type { FlowNode } from './node.ts';

/** Ids of nodes that a message can reach, the starting nodes included, each with one of the starting nodes that it comes from. */
export type Reached = ReadonlyMap<string, string>;

export interface ReachOptions {
	/** Nodes that messages enter and do not leave. */
	stopAt?: (node: FlowNode) => boolean;
}

/**
 * Follows wires, links, junctions and subflow ports from the nodes that emit. A starting node inside a subflow emits in each running
 * instance, and what comes in by one instance leaves by that instance alone. Iterative; linear in nodes and wires.
 */
export function reachFrom(graph: FlowGraph, starts: Iterable<FlowNode>, options: ReachOptions = {}): Reached {
	const origins = new Map<string, string>();
	const pending: string[] = [];
	const visit = (vertex: string, origin: string): void => {
		if (origins.has(vertex)) return;
		origins.set(vertex, origin);
		pending.push(vertex);
	};
	const startIds = new Set<string>();
	for (const start of starts) {
		if (!graph.activity.running.has(start.id)) continue;
		startIds.add(start.id);
		visit(start.id, start.id);
	}
	if (startIds.size > 0) for (const [vertex, origin] of emittedByInstances(graph, startIds)) visit(vertex, origin);
	for (let vertex = pending.pop(); vertex !== undefined; vertex = pending.pop()) {
		const origin = origins.get(vertex) as string;
		const node = graph.byId.get(vertex);
		if (node && options.stopAt?.(node)) continue;
		for (const next of nextOf(graph, vertex, node)) visit(next, origin);
	}
	for (const vertex of origins.keys()) if (!graph.byId.has(vertex)) origins.delete(vertex);
	return origins;
}

/** Vertices that a message goes to from one vertex: an instance passes it into its subflow, and out where the subflow lets it through. */
function* nextOf(graph: FlowGraph, vertex: string, node: FlowNode | undefined): Iterable<string> {
	yield* graph.edges.targets.get(vertex) ?? [];
	const subflow = node && subflowOf(node);
	if (!node || subflow == null) return;
	yield subflowInput(subflow);
	for (const port of graph.passages.get(subflow) ?? []) yield instanceOutput(node.id, port);
}

/** What starting nodes inside subflows make the instances emit: through nested subflows, from the innermost out. */
function emittedByInstances(graph: FlowGraph, startIds: ReadonlySet<string>): Map<string, string> {
	const startsBySubflow = new Map<string, string[]>();
	for (const id of startIds) {
		const container = graph.byId.get(graph.byId.get(id)?.z ?? '');
		if (container?.type !== 'subflow') continue;
		startsBySubflow.set(container.id, [...(startsBySubflow.get(container.id) ?? []), id]);
	}
	const emitted = new Map<string, string>();
	if (startsBySubflow.size === 0) return emitted;
	for (const subflow of graph.subflowOrder) {
		const starts = new Map((startsBySubflow.get(subflow) ?? []).map((id) => [id, id]));
		for (const inner of graph.innerInstances.get(subflow) ?? []) {
			for (let port = 0; port < (graph.edges.outputs.get(subflowOf(inner) ?? '') ?? 0); port++) {
				const vertex = instanceOutput(inner.id, port);
				const origin = emitted.get(vertex);
				if (origin !== undefined) starts.set(vertex, origin);
			}
		}
		if (starts.size === 0) continue;
		for (const [port, origin] of leaveSubflow(graph, subflow, starts)) {
			for (const instance of graph.activity.instances.get(subflow) ?? []) emitted.set(instanceOutput(instance.id, port), origin);
		}
	}
	return emitted;
}

/** The output ports of a subflow that messages leave by, for given vertices inside it (each with its origin), by port. */
export function leaveSubflow(
	graph: Pick<FlowGraph, 'edges' | 'byId' | 'passages'>,
	subflow: string,
	starts: ReadonlyMap<string, string>,
): Map<number, string> {
	const portByVertex = new Map<string, number>();
	for (let port = 0; port < (graph.edges.outputs.get(subflow) ?? 0); port++) portByVertex.set(subflowOutput(subflow, port), port);
	const ports = new Map<number, string>();
	const origins = new Map(starts);
	const pending = [...starts.keys()];
	for (let vertex = pending.pop(); vertex !== undefined; vertex = pending.pop()) {
		const origin = origins.get(vertex) as string;
		const port = portByVertex.get(vertex);
		if (port !== undefined && !ports.has(port)) ports.set(port, origin);
		const node = graph.byId.get(vertex);
		if (node && node.z !== subflow) continue;
		const nested = node && subflowOf(node);
		const passed = node && nested != null ? [...(graph.passages.get(nested) ?? [])].map((out) => instanceOutput(node.id, out)) : [];
		for (const next of [...(graph.edges.targets.get(vertex) ?? []), ...passed]) {
			if (origins.has(next)) continue;
			origins.set(next, origin);
			pending.push(next);
		}
	}
	return ports;
}
