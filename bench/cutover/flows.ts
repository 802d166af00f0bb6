import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Scenario } from './scenarios.ts';

export interface FlowsOptions {
	brokerPort: number;
	/** Under it are the topics `in` and `out`; also the persistent session's client id. */
	name: string;
	/** Of two, so that there is something to carry over. */
	version: 'v1' | 'v2';
}

/**
 * `mqtt in → function → mqtt out` over one broker node, and an HTTP route that answers with the number that it was asked for.
 * The output is at QoS 1 at the most: Mosquitto drops what one client publishes at QoS 2 beyond `max_inflight_messages`,
 * which a backlog exceeds, and MQTT 3.1.1 cannot tell. That would be counted against the cutover.
 */
export function scenarioFlows({ qos, subscription }: Scenario, { brokerPort, name, version }: FlowsOptions): FlowNode[] {
	const topic = subscription === 'shared' ? `$share/plant/${name}/in` : `${name}/in`;
	const on = (id: string, type: string, place: number, properties: object): FlowNode => ({
		id,
		type,
		z: 'tab1',
		name: '',
		x: 100 + (place % 10) * 200,
		y: 100 + Math.floor(place / 10) * 100,
		...properties,
	});
	return [
		{ id: 'tab1', type: 'tab', label: `Plant ${version}` },
		{
			id: 'b1',
			type: 'mqtt-broker',
			name: 'plant',
			broker: '127.0.0.1',
			port: String(brokerPort),
			keepalive: '60',
			...sessionOf(subscription, name),
		},
		on('m1', 'mqtt in', 0, { broker: 'b1', topic, qos: String(qos), datatype: 'utf8', wires: [['m2']] }),
		on('m2', 'function', 1, { name: 'work', func: `msg.topic = '${name}/out';\nreturn msg;`, outputs: 1, wires: [['m3']] }),
		on('m3', 'mqtt out', 2, { broker: 'b1', topic: '', qos: String(Math.min(qos, 1)), retain: 'false', wires: [] }),
		on('h1', 'http in', 10, { url: '/answer', method: 'get', wires: [['h2']] }),
		on('h2', 'function', 11, {
			name: 'answer',
			func: `msg.payload = { seq: Number(msg.req.query.seq), version: '${version}' };\nreturn msg;`,
			outputs: 1,
			wires: [['h3']],
		}),
		on('h3', 'http response', 12, { wires: [] }),
	];
}

export function sessionOf(subscription: Scenario['subscription'], name: string): object {
	if (subscription === 'plain') return { clientid: '', protocolVersion: '4', cleansession: true };
	if (subscription === 'shared') return { clientid: '', protocolVersion: '5', cleansession: true };
	return { clientid: name, protocolVersion: '4', cleansession: false, autoUnsubscribe: false };
}
