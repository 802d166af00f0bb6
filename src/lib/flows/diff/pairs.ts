import { canonicalJson } from '../canonical.ts';
import type { FlowNode } from '../node.ts';

/** What became of one node; nodes are the same where their id is. */
export type NodePair =
	| { kind: 'added'; after: FlowNode }
	| { kind: 'removed'; before: FlowNode }
	/** `keys`: the properties that differ, by name; never empty. */
	| { kind: 'changed'; before: FlowNode; after: FlowNode; keys: string[] };

/** The nodes that differ: those of `after` in its order, then those that are gone. Linear in the nodes. */
export function pairNodes(before: readonly FlowNode[], after: readonly FlowNode[], { layout }: { layout: boolean }): NodePair[] {
	const earlier = new Map(before.map((node) => [node.id, node]));
	const later = new Set(after.map(({ id }) => id));
	const pairs: NodePair[] = [];
	for (const node of after) {
		const old = earlier.get(node.id);
		const keys = old ? differingKeys(old, node, layout) : [];
		if (!old) pairs.push({ kind: 'added', after: node });
		else if (keys.length > 0) pairs.push({ kind: 'changed', before: old, after: node, keys });
	}
	for (const node of before) if (!later.has(node.id)) pairs.push({ kind: 'removed', before: node });
	return pairs;
}

/** Where a node stands in the editor and how it looks there is no change of what it does. */
const LAYOUT = new Set(['x', 'y', 'l', 'icon']);

/** A group's members are known by their own `g`; what it gives them is its `env`, which is no layout. */
const LAYOUT_OF: Partial<Record<string, ReadonlySet<string>>> = {
	group: new Set(['w', 'h', 'style', 'nodes']),
	subflow: new Set(['color']),
};

/** Whether a property of a node is layout, and nothing else. */
export function isLayout(node: FlowNode, key: string): boolean {
	return LAYOUT.has(key) || (Object.hasOwn(LAYOUT_OF, node.type) && LAYOUT_OF[node.type]!.has(key));
}

/** Ends of a subflow have a place as well as wires. */
const SUBFLOW_ENDS = new Set(['in', 'out', 'status']);

function differingKeys(before: FlowNode, after: FlowNode, layout: boolean): string[] {
	const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
	return [...keys]
		.filter((key) => (layout || !isLayout(after, key)) && meaningOf(before, key, layout) !== meaningOf(after, key, layout))
		.sort();
}

function meaningOf(node: FlowNode, key: string, layout: boolean): string | undefined {
	if (!Object.hasOwn(node, key)) return undefined;
	const value = node[key];
	if (typeof value === 'string') return `"${value}`;
	return canonicalJson(!layout && node.type === 'subflow' && SUBFLOW_ENDS.has(key) ? withoutPlaces(value) : value);
}

function withoutPlaces(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutPlaces);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'x' && key !== 'y'));
}
