import type { FlowNode } from '../flows/node.ts';
import type { Change } from './change.ts';

/** Which rules found something at a node, by its id. */
export type FoundRules = ReadonlyMap<string, ReadonlySet<string>>;

/** Changes of those properties that do not have their value yet. */
export function changeTo(node: FlowNode, wanted: Readonly<Record<string, unknown>>, why: string): Change[] {
	return Object.entries(wanted)
		.filter(([property, after]) => node[property] !== after)
		.map(([property, after]) => ({ nodeId: node.id, property, before: node[property], after, why }));
}

export function isVersion5(broker: FlowNode): boolean {
	return Number(broker.protocolVersion) === 5 && String(broker.compatmode) !== 'true';
}
