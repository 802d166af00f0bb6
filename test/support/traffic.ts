import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { startPace } from '../../demo/traffic/pace.ts';
import { SequenceTally } from '../../demo/traffic/sequence-tally.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { versionFlows } from './project.ts';

/** Messages a second. */
export const RATE = 200;

/**
 * Messages that the publisher has under way at once. Mosquitto refuses what one client publishes at QoS 2 beyond
 * `max_inflight_messages` (20): a burst after a stall of this process would be lost before any flow could have seen it.
 */
const PUBLISHING_AT_ONCE = 16;

export interface Bridge {
	/** Of the subscription; default 1. */
	qos?: 0 | 1 | 2;
	/** Properties of the broker node. */
	broker?: object;
	topic?: string;
	/** Other nodes. */
	more?: FlowNode[];
	/** What the function does. */
	func?: string;
}

/**
 * `mqtt in → function → mqtt out` over one broker node, beside the HTTP route of `versionFlows`. The output is at QoS 1 at
 * the most: Mosquitto drops what a client publishes at QoS 2 beyond `max_inflight_messages` (20) at once, which the backlog
 * after a cutover exceeds; it answers PUBREC with reason 151, which MQTT 3.1.1 cannot carry.
 */
export function bridgeFlows(
	version: string,
	port: number,
	{ qos = 1, broker = {}, topic = 'in', more = [], func = 'return msg;' }: Bridge = {},
): FlowNode[] {
	const common = { z: 'tab1', name: '', broker: 'b1' };
	return versionFlows(version, [
		{
			id: 'b1',
			type: 'mqtt-broker',
			name: 'plant',
			broker: '127.0.0.1',
			port: String(port),
			clientid: '',
			protocolVersion: '4',
			keepalive: '60',
			...broker,
		},
		{ ...common, id: 'm1', type: 'mqtt in', topic, qos: String(qos), datatype: 'utf8', x: 100, y: 300, wires: [['m2']] },
		{
			id: 'm2',
			type: 'function',
			z: 'tab1',
			name: 'work',
			func: `msg.topic = 'out'; ${func}`,
			outputs: 1,
			x: 300,
			y: 300,
			wires: [['m3']],
		},
		{ ...common, id: 'm3', type: 'mqtt out', topic: '', qos: String(Math.min(qos, 1)), retain: 'false', x: 500, y: 300, wires: [] },
		...more,
	]);
}

/** Publishes numbered messages while `work` goes on, and counts what comes out. */
export async function underTraffic(url: string, qos: 0 | 1 | 2, work: () => Promise<void>) {
	const tally = new SequenceTally();
	// MQTT 5 tells a publisher what the broker refuses; 3.1.1 cannot.
	const [publisher, listener] = await Promise.all([mqtt.connectAsync(url, { protocolVersion: 5 }), mqtt.connectAsync(url)]);
	listener.on('message', (_topic, payload) => tally.receive(Number(payload.toString()), performance.now()));
	await listener.subscribeAsync('out', { qos });
	const accepted: Promise<unknown>[] = [];
	let underWay = 0;
	const publish = async (seq: number) => {
		underWay++;
		await publisher.publishAsync('in', String(seq), { qos });
		underWay--;
	};
	const pace = startPace(RATE, (seq) => {
		if (underWay >= PUBLISHING_AT_ONCE) return false;
		tally.publish(seq, performance.now());
		accepted.push(publish(seq));
		return true;
	});
	try {
		await sleep(500);
		await work();
		await sleep(500);
	} finally {
		pace.stop();
	}
	await Promise.all(accepted);
	for (let waited = 0; tally.outstanding > 0 && waited < 5000; waited += 50) await sleep(50);
	await sleep(300); // for late copies
	await Promise.all([publisher.endAsync(), listener.endAsync()]);
	return tally.read(performance.now());
}
