import type { FlowNode } from '../../src/lib/flows/node.ts';
import { type BrokerAddress, onTab, plantBroker } from '../flows/plant.ts';
import type { Scenario } from './scenarios.ts';

export interface FlowsOptions {
	broker: BrokerAddress;
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
export function scenarioFlows({ qos, subscription }: Scenario, { broker, name, version }: FlowsOptions): FlowNode[] {
	const topic = subscription === 'shared' ? `$share/plant/${name}/in` : `${name}/in`;
	return [
		{ id: 'tab1', type: 'tab', label: `Plant ${version}` },
		plantBroker(broker, sessionOf(subscription, name)),
		onTab('m1', 'mqtt in', 0, { broker: 'b1', topic, qos: String(qos), datatype: 'utf8', wires: [['m2']] }),
		onTab('m2', 'function', 1, { name: 'work', func: `msg.topic = '${name}/out';\nreturn msg;`, outputs: 1, wires: [['m3']] }),
		onTab('m3', 'mqtt out', 2, { broker: 'b1', topic: '', qos: String(Math.min(qos, 1)), retain: 'false', wires: [] }),
		onTab('h1', 'http in', 10, { url: '/answer', method: 'get', wires: [['h2']] }),
		onTab('h2', 'function', 11, {
			name: 'answer',
			func: `msg.payload = { seq: Number(msg.req.query.seq), version: '${version}' };\nreturn msg;`,
			outputs: 1,
			wires: [['h3']],
		}),
		onTab('h3', 'http response', 12, { wires: [] }),
	];
}

export function sessionOf(subscription: Scenario['subscription'], name: string): object {
	if (subscription === 'plain') return { clientid: '', protocolVersion: '4', cleansession: true };
	if (subscription === 'shared') return { clientid: '', protocolVersion: '5', cleansession: true };
	return { clientid: name, protocolVersion: '4', cleansession: false, autoUnsubscribe: false };
}
