import type { FlowGraph } from '../../flows/model.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const environmentVariable: Rule = {
	id: 'environment-variable',
	family: 'portability',
	summary: 'A variable that nothing in the flows sets',
	*check(context) {
		const byName = new Map<string, FlowNode[]>();
		const global = namesOf(context.graph.nodes.filter((node) => node.type === 'global-config'));
		for (const node of context.inUse) {
			for (const name of variablesOf(node)) {
				if (name.startsWith('NR_') || context.variables.has(name) || global.has(name) || isSetAround(context.graph, node, name)) continue;
				const known = byName.get(name);
				if (known) known.push(node);
				else byName.set(name, [node]);
			}
		}
		for (const [name, nodes] of byName) {
			const [first] = nodes;
			if (!first) continue;
			yield {
				node: first,
				severity: 'info',
				confidence: 'high',
				message: `It reads the variable ${name}, which neither the flows nor what is known of production sets. Where an instance lacks it, the field holds the text \${${name}} itself.${nodes.length === 1 ? '' : ` (Said once for ${nodes.length} nodes.)`}`,
				remediation: `Set ${name} under the environment's variables, or give the flow a default of that name.`,
				related: nodes.slice(1, 4).map((node) => ({ node, why: 'reads the same variable' })),
			};
		}
	},
};

/** Names that Node-RED fills in: it substitutes only a property that is nothing but `${NAME}`. */
function variablesOf(node: FlowNode): Iterable<string> {
	let names: Set<string> | undefined;
	for (const key in node) {
		const value = node[key];
		if (typeof value !== 'string' || !value.startsWith('${') || key === 'info' || key === 'func') continue;
		const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value)?.[1];
		if (name !== undefined) names = (names ?? new Set()).add(name);
	}
	return names ?? [];
}

/** The node's own subflow instance aside, variables are looked up in its groups, then in its tab or subflow. */
function isSetAround(graph: FlowGraph, node: FlowNode, name: string): boolean {
	const places: FlowNode[] = [node];
	const seen = new Set<string>();
	for (let group = graph.byId.get(String(node.g ?? '')); group && !seen.has(group.id); group = graph.byId.get(String(group.g ?? ''))) {
		seen.add(group.id);
		places.push(group);
	}
	const container = graph.byId.get(node.z ?? '');
	if (container) places.push(container);
	return namesOf(places).has(name);
}

function namesOf(holders: readonly FlowNode[]): Set<string> {
	const entries = holders.flatMap((holder) => (Array.isArray(holder.env) ? holder.env : []));
	return new Set(entries.map((entry) => entry?.name).filter((name) => typeof name === 'string'));
}
