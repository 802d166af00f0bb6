import type { PluginApi } from '../../../src/agent/node-red.ts';
import { findUnknownFields } from '../../../src/agent/unknown-fields.ts';

function running(...nodes: object[]): PluginApi {
	return {
		nodes: {
			eachNode: (visit: (config: object) => void) => {
				for (const id of nodes.keys()) visit({ id: String(id) });
			},
			getNode: (id: string) => nodes[Number(id)] ?? null,
		},
	} as unknown as PluginApi;
}

const flow = { activeNodes: {}, subflowInstanceNodes: {} };
const known = { type: 'function', _flow: flow, _expectedDoneCount: 1, _inputCallback: null };
const broker = { ...known, type: 'mqtt-broker', options: { clean: false } };

describe('private fields that the agent needs', () => {
	it('are all there in a Node-RED that is known, and where nothing runs', () => {
		expect(findUnknownFields(running(known, { ...broker, client: { options: {}, _sendPacket: () => {} } }, broker))).toEqual([]);
		expect(findUnknownFields(running())).toEqual([]);
	});

	it.each<[string, object, string[]]>([
		['of nodes', { type: 'function', _inputCallback: null }, ['node._flow', 'node._expectedDoneCount']],
		['of flows', { ...known, _flow: { nodes: {} } }, ['flow.activeNodes', 'flow.subflowInstanceNodes']],
		['of MQTT clients with a session', { ...broker, client: { options: {} } }, ['mqtt-broker.client._sendPacket']],
	])('are missed: %s', (_what, node, missing) => {
		expect(findUnknownFields(running(node))).toEqual(missing);
	});

	it('are not missed because one node is no proper one, nor those of MQTT clients without a session', () => {
		expect(findUnknownFields(running(known, { type: 'odd' }))).toEqual([]);
		expect(findUnknownFields(running({ ...broker, options: { clean: true }, client: {} }))).toEqual([]);
	});
});
