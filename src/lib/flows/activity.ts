import type { FlowNode } from './node.ts';

/**
 * What runs: Node-RED starts neither disabled nodes, nor nodes of disabled tabs, nor subflows that nothing active uses.
 * Disabling a group in the editor disables each node in it; a flag on the group itself changes nothing.
 */
export interface Activity {
	/** Ids of the nodes that run. Config nodes are in it when a running node uses them. */
	running: ReadonlySet<string>;
	/** By subflow id, its running instances. */
	instances: ReadonlyMap<string, readonly FlowNode[]>;
	/** By config node id, the running nodes that name it. */
	users: ReadonlyMap<string, readonly FlowNode[]>;
}

const subflowPrefix = 'subflow:';

/** The subflow that a node is an instance of; null for other nodes. */
export function subflowOf(node: FlowNode): string | null {
	return node.type.startsWith(subflowPrefix) ? node.type.slice(subflowPrefix.length) : null;
}

/** Tabs, subflow definitions and groups hold nodes; they run nothing themselves. */
export function isContainer(node: FlowNode): boolean {
	return node.type === 'tab' || node.type === 'subflow' || node.type === 'group';
}

/** Node-RED knows config nodes by their lack of a place on the canvas; wires tell hand-written nodes without one apart. */
export function isConfigNode(node: FlowNode): boolean {
	return !isContainer(node) && node.x === undefined && node.y === undefined && node.wires === undefined;
}

export function findActivity(nodes: readonly FlowNode[], byId: ReadonlyMap<string, FlowNode>): Activity {
	const members = groupByContainer(nodes, byId);
	const running = new Set<string>();
	const instances = new Map<string, FlowNode[]>();
	const pending: (string | null)[] = [null];
	for (const node of nodes) if (node.type === 'tab' && node.disabled !== true) pending.push(node.id);
	for (let container = pending.pop(); container !== undefined; container = pending.pop()) {
		for (const node of members.get(container) ?? []) {
			if (node.d === true) continue;
			running.add(node.id);
			const subflow = subflowOf(node);
			if (subflow === null || byId.get(subflow)?.type !== 'subflow') continue;
			const known = instances.get(subflow);
			if (known) known.push(node);
			else {
				instances.set(subflow, [node]);
				pending.push(subflow);
			}
		}
	}
	return { running, instances, users: addUsedConfigNodes(nodes, byId, running) };
}

/** Nodes by tab or subflow; under null those that have none, or name one that does not exist: Node-RED runs these too. */
function groupByContainer(nodes: readonly FlowNode[], byId: ReadonlyMap<string, FlowNode>): Map<string | null, FlowNode[]> {
	const members = new Map<string | null, FlowNode[]>();
	for (const node of nodes) {
		if (isContainer(node) || isConfigNode(node)) continue;
		const container = byId.get(node.z ?? '');
		const key = container?.type === 'tab' || container?.type === 'subflow' ? container.id : null;
		const group = members.get(key);
		if (group) group.push(node);
		else members.set(key, [node]);
	}
	return members;
}

/** Follows ids in properties, as Node-RED does, from running nodes to config nodes and on to the config nodes of these. */
function addUsedConfigNodes(
	nodes: readonly FlowNode[],
	byId: ReadonlyMap<string, FlowNode>,
	running: Set<string>,
): Map<string, readonly FlowNode[]> {
	const users = new Map<string, FlowNode[]>();
	const pending = nodes.filter((node) => running.has(node.id));
	for (let user = pending.pop(); user; user = pending.pop()) {
		// Not by Object.entries: its arrays, for each of many nodes, cost more than the rest.
		for (const key in user) {
			const value = user[key];
			if (typeof value !== 'string' || key === 'id' || key === 'z' || key === 'g') continue;
			const config = byId.get(value);
			if (!config || !isConfigNode(config) || config.d === true || config.id === user.id) continue;
			const known = users.get(config.id);
			if (known) known.push(user);
			else users.set(config.id, [user]);
			if (!running.has(config.id)) {
				running.add(config.id);
				pending.push(config);
			}
		}
	}
	return users;
}
