import { type Activity, isConfigNode, subflowOf } from './activity.ts';
import type { FlowNode } from './node.ts';

/**
 * Where messages go. Vertices are node ids, and points of subflows and of their instances (see the functions below):
 * an instance's outputs are vertices of their own, so that what one instance emits does not seem to leave another.
 */
export interface Edges {
	targets: ReadonlyMap<string, readonly string[]>;
	/** By subflow id, how many output ports it has. */
	outputs: ReadonlyMap<string, number>;
}

/** Where messages enter the nodes of a subflow. */
export function subflowInput(subflow: string): string {
	return `${subflow}\0in`;
}

/** Where they leave them, by port. */
export function subflowOutput(subflow: string, port: number): string {
	return `${subflow}\0out${port}`;
}

/** What an instance of a subflow emits, by port. */
export function instanceOutput(instance: string, port: number): string {
	return `${instance}\0emits${port}`;
}

export function buildEdges(nodes: readonly FlowNode[], byId: ReadonlyMap<string, FlowNode>, activity: Activity): Edges {
	const targets = new Map<string, string[]>();
	const outputs = new Map<string, number>();
	const connect = (from: string, to: string): void => {
		const known = targets.get(from);
		if (known) known.push(to);
		else targets.set(from, [to]);
	};
	const runs = (id: string): boolean => activity.running.has(id);
	const linkedTo = new Set<string>();

	for (const node of nodes) {
		if (node.type === 'subflow') {
			outputs.set(node.id, connectSubflow(node, byId, connect));
			continue;
		}
		if (!runs(node.id) || isConfigNode(node)) continue;
		const isInstance = subflowOf(node) !== null;
		for (const [port, ids] of wiresOf(node).entries()) {
			for (const id of ids) if (runs(id)) connect(isInstance ? instanceOutput(node.id, port) : node.id, id);
		}
		for (const [from, to] of linksOf(node)) {
			if (!runs(from) || !runs(to)) continue;
			connect(from, to);
			linkedTo.add(to);
		}
	}
	connectDynamicCalls(
		nodes.filter((node) => runs(node.id)),
		linkedTo,
		connect,
	);
	connectObservers(
		nodes.filter((node) => runs(node.id)),
		connect,
	);
	return { targets, outputs };
}

/** Output ports and their wires; a malformed entry counts as no wire. */
export function wiresOf(node: FlowNode): string[][] {
	if (!Array.isArray(node.wires)) return [];
	return node.wires.map((port: unknown) => (Array.isArray(port) ? port.filter((id) => typeof id === 'string') : []));
}

/** Ids that a link node names: an array, or one id in files of the first link calls. */
export function linkIdsOf(node: FlowNode): string[] {
	if (typeof node.links === 'string') return [node.links];
	return Array.isArray(node.links) ? node.links.filter((id) => typeof id === 'string') : [];
}

/** Both ends of a link name each other, and Node-RED follows either. A call goes to its first target only. */
function linksOf(node: FlowNode): [from: string, to: string][] {
	if (node.type === 'link in') return linkIdsOf(node).map((from) => [from, node.id]);
	if (node.type === 'link out') return node.mode === 'return' ? [] : linkIdsOf(node).map((to) => [node.id, to]);
	if (node.type === 'link call' && node.linkType !== 'dynamic')
		return linkIdsOf(node)
			.slice(0, 1)
			.map((to) => [node.id, to]);
	return [];
}

/** A call by name may go to any `link in`; those that nothing else leads to are what it is there for. */
function connectDynamicCalls(running: FlowNode[], linkedTo: ReadonlySet<string>, connect: (from: string, to: string) => void): void {
	const calls = running.filter((node) => node.type === 'link call' && node.linkType === 'dynamic');
	if (calls.length === 0) return;
	for (const call of calls) connect(call.id, '\0dynamic call');
	for (const node of running) if (node.type === 'link in' && !linkedTo.has(node.id)) connect('\0dynamic call', node.id);
}

const observerTypes = new Set(['catch', 'status', 'complete']);

/** Catch, status and complete nodes hear the nodes of their scope, or all nodes beside them. */
function connectObservers(running: FlowNode[], connect: (from: string, to: string) => void): void {
	const observedContainers = new Set<string>();
	for (const observer of running) {
		if (!observerTypes.has(observer.type)) continue;
		if (Array.isArray(observer.scope)) {
			for (const id of observer.scope) if (typeof id === 'string') connect(id, observer.id);
		} else if (observer.type !== 'complete') {
			observedContainers.add(observer.z ?? '');
			connect(`${observer.z ?? ''}\0events`, observer.id);
		}
	}
	for (const node of running) {
		if (!observerTypes.has(node.type) && observedContainers.has(node.z ?? '')) connect(node.id, `${node.z ?? ''}\0events`);
	}
}

/** Connects a subflow's ports with its nodes; returns the number of its outputs. */
function connectSubflow(subflow: FlowNode, byId: ReadonlyMap<string, FlowNode>, connect: (from: string, to: string) => void): number {
	for (const input of portsOf(subflow.in)) for (const end of input) connect(subflowInput(subflow.id), end.id);
	const outputs = portsOf(subflow.out);
	for (const [port, ends] of outputs.entries()) {
		for (const end of ends) {
			const inner = byId.get(end.id);
			const from =
				end.id === subflow.id ? subflowInput(subflow.id) : inner && subflowOf(inner) !== null ? instanceOutput(inner.id, end.port) : end.id;
			connect(from, subflowOutput(subflow.id, port));
		}
	}
	return outputs.length;
}

function portsOf(value: unknown): { id: string; port: number }[][] {
	if (!Array.isArray(value)) return [];
	return value.map((port: { wires?: unknown } | null) => {
		const wires = Array.isArray(port?.wires) ? port.wires : [];
		return wires.flatMap((end: { id?: unknown; port?: unknown } | null) =>
			typeof end?.id === 'string' ? [{ id: end.id, port: typeof end.port === 'number' ? end.port : 0 }] : [],
		);
	});
}
