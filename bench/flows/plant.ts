import type { FlowNode } from '../../src/lib/flows/node.ts';

/** A node on the flow `tab1`, at a place of a grid that is ten wide. */
export function onTab(id: string, type: string, place: number, properties: object): FlowNode {
	return { id, type, z: 'tab1', name: '', x: 100 + (place % 10) * 200, y: 100 + Math.floor(place / 10) * 100, ...properties };
}

/** Where the flows reach it. */
export interface BrokerAddress {
	host: string;
	port: number;
}

/** The one broker node of the flows, `b1`, with a session of this kind. */
export function plantBroker({ host, port }: BrokerAddress, session: object): FlowNode {
	return { id: 'b1', type: 'mqtt-broker', name: 'plant', broker: host, port: String(port), keepalive: '60', ...session };
}
