import { containerOf } from '../flows/graph.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';

/** The tabs that a node works for. */
export type Homes = (node: FlowNode) => ReadonlySet<string>;

const none: ReadonlySet<string> = new Set();

/** A node in a subflow works for all tabs with an instance of it, a config node for all tabs whose nodes use it. */
export function findHomes(graph: FlowGraph): Homes {
	const known = new Map<string, ReadonlySet<string>>();
	const homesOf = (node: FlowNode): ReadonlySet<string> => {
		const container = containerOf(graph, node);
		if (container?.type === 'tab') return new Set([container.id]);
		const owner = container ?? node;
		const before = known.get(owner.id);
		if (before) return before;
		// A subflow inside itself, or config nodes that name each other, must not recurse for ever.
		known.set(owner.id, none);
		const users = (container ? graph.activity.instances.get(container.id) : graph.activity.users.get(node.id)) ?? [];
		const homes = new Set<string>();
		for (const user of users) for (const home of homesOf(user)) homes.add(home);
		known.set(owner.id, homes);
		return homes;
	};
	return homesOf;
}
