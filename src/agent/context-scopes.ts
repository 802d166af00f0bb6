import type { NodeConfig } from './node-red.ts';

/** A scope by what people call it: `global`, `flow.Plant`, `node.count parts`; and by its id, where it has one. */
export interface ScopeName {
	name: string;
	byId: string;
	/** False where the loaded flows have no such flow or node. */
	known: boolean;
}

/**
 * Names Node-RED's scopes: `global`; a flow's or subflow instance's id, or that of a node that is on no flow; `<node>:<flow>`
 * else. What is inside a subflow instance has the ids of its definition in it, joined by '-' (`Subflow.js`), so that they
 * are the same in each process.
 */
export function createScopeNamer(flows: readonly NodeConfig[]): (scope: string) => ScopeName {
	const byId = new Map(flows.map((node) => [node.id, node]));
	return (scope) => {
		if (scope === 'global') return { name: 'global', byId: 'global', known: true };
		const [id, flow] = scope.split(':') as [string, string?];
		const node = byId.get(id);
		const isFlow = flow === undefined && (node === undefined || node.type === 'tab' || node.type.startsWith('subflow:'));
		const kind = isFlow ? 'flow' : 'node';
		const known = isKnown(id, byId) && (flow === undefined || isKnown(flow, byId));
		return { name: `${kind}.${String(node?.label || node?.name || id)}`, byId: `${kind}.${id}`, known };
	};
}

function isKnown(id: string, byId: ReadonlyMap<string, NodeConfig>): boolean {
	if (byId.has(id)) return true;
	const parts = id.split('-');
	return parts.some((_, index) => index > 0 && byId.has(parts.slice(0, index).join('-')));
}

/**
 * Whether a pattern of `context.except` names this scope, or this key in it: `global`, `global.cache*`, `flow.Plant.*`,
 * with the scope's name or its id; `*` stands for any text.
 */
export function createExceptions(patterns: readonly string[]): (scope: ScopeName, key: string) => boolean {
	const expressions = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`, 's'));
	return ({ name, byId }, key) =>
		expressions.some((expression) => [name, byId, `${name}.${key}`, `${byId}.${key}`].some((text) => expression.test(text)));
}

/** What means something in an expression stands for itself. */
function literally(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
