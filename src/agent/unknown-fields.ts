import type { PluginApi, RuntimeNode } from './node-red.ts';

interface BrokerNode extends RuntimeNode {
	options?: { clean?: boolean };
	client?: { options?: unknown; _sendPacket?: unknown };
}

/**
 * Private fields by which the agent closes sources and counts what is inside, and that this Node-RED does not have: then
 * it is of a version that nobody has read. One node that lacks them is that node's own doing; all of them are not.
 * @returns their names; none where everything is known, or nothing runs
 */
export function findUnknownFields(api: PluginApi): string[] {
	const nodes: RuntimeNode[] = [];
	api.nodes.eachNode(({ id }) => {
		const node = api.nodes.getNode(id);
		if (node) nodes.push(node);
	});
	const flows = nodes.flatMap(({ _flow }) => (_flow ? [_flow] : []));
	// Those alone whose acknowledgements the agent withholds; before the first connection there is no client yet.
	const sessions = nodes.flatMap((node) => {
		const { type, options, client } = node as BrokerNode;
		return type === 'mqtt-broker' && options?.clean === false && client ? [client] : [];
	});
	return [
		...missing('node', nodes, ['_flow', '_expectedDoneCount', '_inputCallback']),
		...missing('flow', flows, ['activeNodes', 'subflowInstanceNodes']),
		...missing('mqtt-broker.client', sessions, ['options', '_sendPacket']),
	];
}

function missing(what: string, objects: object[], fields: string[]): string[] {
	if (objects.length === 0) return [];
	return fields.filter((field) => !objects.some((object) => field in object)).map((field) => `${what}.${field}`);
}
