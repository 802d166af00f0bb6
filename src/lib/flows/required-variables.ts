import type { FlowNode } from './node.ts';

/** Node-RED gives these itself. */
export const BUILT_IN = /^NR_(NODE|GROUP|FLOW|SUBFLOW)_(ID|NAME|PATH)$/;

/** Node-RED substitutes a property only where this is all of it. */
const WHOLE_REFERENCE = /^\$\{([^}]+)\}$/;

export interface RequiredVariable {
	name: string;
	/** The nodes that read it. */
	nodes: FlowNode[];
}

/**
 * Environment variables that properties of the flows read (`${NAME}`) and that the flows do not set themselves: no tab, group,
 * subflow or global-config does. A name that is declared anywhere counts as set everywhere, so that what is named is certain.
 * By name.
 */
export function requiredVariables(flows: readonly FlowNode[]): RequiredVariable[] {
	const declared = new Set(
		flows.flatMap((node) => (Array.isArray(node.env) ? node.env : []) as ({ name?: unknown } | null)[]).map((variable) => variable?.name),
	);
	const required = new Map<string, FlowNode[]>();
	for (const node of flows) {
		for (const name of new Set(referencedBy(node))) {
			if (!declared.has(name) && !BUILT_IN.test(name)) required.set(name, [...(required.get(name) ?? []), node]);
		}
	}
	return [...required].map(([name, nodes]) => ({ name, nodes })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* referencedBy(value: unknown): Generator<string> {
	if (typeof value === 'string') {
		const name = WHOLE_REFERENCE.exec(value)?.[1];
		if (name) yield name;
	} else if (typeof value === 'object' && value !== null) {
		for (const inner of Object.values(value)) yield* referencedBy(inner);
	}
}
