import type { FlowNode } from '../flows/node.ts';

/** Flows without what may be secret, and the ids of the nodes that had it. */
export interface StrippedFlows {
	nodes: FlowNode[];
	stripped: string[];
}

/**
 * Takes inline credentials out of flows: each node's `credentials`, and the values of environment variables of type `cred` on
 * tabs, groups and subflows. Node-RED moves both to its credentials file when it loads such flows, so an instance's own flows
 * have none; flows written by other means may.
 */
export function stripCredentials(nodes: readonly FlowNode[]): StrippedFlows {
	const stripped: string[] = [];
	const clean = nodes.map((node) => {
		const { credentials, ...rest } = node;
		const env = cleanVariables(node.env);
		if (credentials === undefined && env === node.env) return node;
		stripped.push(node.id);
		return env === node.env ? rest : { ...rest, env };
	});
	return { nodes: clean as FlowNode[], stripped };
}

function cleanVariables(env: unknown): unknown {
	if (!Array.isArray(env) || !env.some(isSecretVariable)) return env;
	return env.map((variable) => {
		if (!isSecretVariable(variable)) return variable;
		const { value: _, ...rest } = variable;
		return rest;
	});
}

function isSecretVariable(variable: unknown): variable is Record<string, unknown> {
	const { type, value } = (variable ?? {}) as { type?: unknown; value?: unknown };
	return type === 'cred' && value !== undefined && value !== '';
}
