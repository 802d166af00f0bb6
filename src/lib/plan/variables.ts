import type { FlowNode } from '../flows/node.ts';

/** Node-RED gives these itself. */
const BUILT_IN = /^NR_(NODE|GROUP|FLOW|SUBFLOW)_(ID|NAME|PATH)$/;

/** Node-RED substitutes a property only where this is all of it. */
const WHOLE_REFERENCE = /^\$\{([^}]+)\}$/;

export interface MissingVariable {
	name: string;
	/** The nodes that read it. */
	nodes: FlowNode[];
}

/**
 * Environment variables that properties of the flows read (`${NAME}`) and that nobody sets: not the environment, and no
 * tab, group, subflow or global-config of the flows. Node-RED would leave the text `${NAME}` standing. A name that is
 * declared anywhere counts as set everywhere, so that what is reported is certain.
 */
export function missingVariables(flows: FlowNode[], variables: ReadonlySet<string>): MissingVariable[] {
	const declared = new Set(
		flows.flatMap((node) => (Array.isArray(node.env) ? node.env : []) as { name?: unknown }[]).map(({ name }) => name),
	);
	const missing = new Map<string, FlowNode[]>();
	for (const node of flows) {
		for (const name of referencedBy(node)) {
			if (variables.has(name) || declared.has(name) || BUILT_IN.test(name)) continue;
			const nodes = missing.get(name) ?? [];
			if (!nodes.includes(node)) nodes.push(node);
			missing.set(name, nodes);
		}
	}
	return [...missing].map(([name, nodes]) => ({ name, nodes })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* referencedBy(value: unknown): Generator<string> {
	if (typeof value === 'string') {
		const name = WHOLE_REFERENCE.exec(value)?.[1];
		if (name) yield name;
	} else if (typeof value === 'object' && value !== null) {
		for (const inner of Object.values(value)) yield* referencedBy(inner);
	}
}
