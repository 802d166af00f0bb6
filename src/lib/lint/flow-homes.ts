import { containerOf } from '../flows/graph.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';

/** The tabs that a node works for. */
export type Homes = (node: FlowNode) => ReadonlySet<string>;

/** A node in a subflow works for all tabs with an instance of it, a config node for all tabs whose nodes use it. */
export function findHomes(graph: FlowGraph): Homes {
	const known = new Map<string, ReadonlySet<string>>();
	return (node) => {
		const owner = ownerOf(graph, node);
		if (owner.type !== 'tab' && !known.has(owner.id)) fillIn(graph, owner, known);
		return homesOfOwner(owner, known);
	};
}

/** What decides where a node works: its tab, its subflow, or the config node itself. */
function ownerOf(graph: FlowGraph, node: FlowNode): FlowNode {
	return containerOf(graph, node) ?? node;
}

const none: ReadonlySet<string> = new Set();

function homesOfOwner(owner: FlowNode, known: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
	return owner.type === 'tab' ? new Set([owner.id]) : (known.get(owner.id) ?? none);
}

/** Each owner after those that use it. By hand, so that deep nesting cannot exhaust the stack; one that uses itself adds nothing. */
function fillIn(graph: FlowGraph, start: FlowNode, known: Map<string, ReadonlySet<string>>): void {
	const { instances, users } = graph.activity;
	const usersOf = (owner: FlowNode): FlowNode[] =>
		((owner.type === 'subflow' ? instances : users).get(owner.id) ?? []).map((user) => ownerOf(graph, user));
	const path: { owner: FlowNode; leave: boolean }[] = [{ owner: start, leave: false }];
	for (let step = path.pop(); step; step = path.pop()) {
		const { owner, leave } = step;
		if (leave) {
			known.set(owner.id, new Set(usersOf(owner).flatMap((user) => [...homesOfOwner(user, known)])));
			continue;
		}
		if (owner.type === 'tab' || known.has(owner.id)) continue;
		known.set(owner.id, none);
		path.push({ owner, leave: true });
		for (const user of usersOf(owner)) path.push({ owner: user, leave: false });
	}
}
