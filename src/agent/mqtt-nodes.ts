import { createRequire } from 'node:module';
import type { RuntimeNode } from './node-red.ts';

/**
 * Node-RED's MQTT nodes and the mqtt.js client inside them, as far as the agent touches them
 * (core/network/10-mqtt.js of Node-RED 4.1 and 5.0, with mqtt 5.15).
 */
export interface BrokerNode extends RuntimeNode {
	/** `mqtt://127.0.0.1:1883` */
	brokerurl?: string;
	clientid?: string;
	connected?: boolean;
	options?: { clean?: boolean; clientId?: string };
	client?: MqttClient;
}

export interface SubscriptionNode extends RuntimeNode {
	topic?: string;
	qos?: number;
	isDynamic?: boolean;
	/** Retain as published: messages keep the flag that they were published with. */
	rap?: unknown;
	brokerConn?: BrokerNode | null;
}

export interface MqttClient {
	options: { customHandleAcks: unknown; clean?: boolean; clientId?: string };
	_sendPacket: (packet: { cmd: string }, callback?: () => void, ...rest: unknown[]) => unknown;
	/** QoS 2 messages that were acknowledged with PUBREC and whose PUBREL has not come yet. */
	incomingStore?: { _inflights?: Map<unknown, unknown> };
	connect(): MqttClient;
	subscribeAsync(topic: string, options: { qos: 0 | 1 | 2 }): Promise<{ qos: number }[]>;
	unsubscribeAsync(topic: string): Promise<unknown>;
	publish(topic: string, payload: string, options: { qos: 0 | 1 | 2 }): unknown;
	on(event: 'message', listener: (topic: string, payload: Buffer, packet: { qos: 0 | 1 | 2 }) => void): void;
	on(event: 'connect' | 'error' | 'close', listener: () => void): void;
	end(force: boolean): unknown;
	off(event: 'message' | 'close', listener: unknown): void;
}

/** What the module `mqtt` exports, as far as it is used. */
export interface Mqtt {
	MqttClient: { prototype: MqttClient };
	connect(url: string, options: object): MqttClient;
}

export type Qos = 0 | 1 | 2;
export const qosLevels: readonly Qos[] = [0, 1, 2];

/** Node-RED gives such an id to a connection whose node names none: another at each start. */
const GENERATED_ID = /^nodered_?[0-9a-f]+$/;

/** Two of its kind would evict each other, or share one session: it must not be connected twice. */
export function hasFixedClientId(client: Pick<MqttClient, 'options'>): boolean {
	return client.options.clean === false || !GENERATED_ID.test(client.options.clientId ?? '');
}

/** The very mqtt.js that Node-RED's nodes use; null where there is none to be found. */
export function loadMqtt(): Mqtt | null {
	try {
		const nodes = createRequire(process.argv[1] as string).resolve('@node-red/nodes');
		const mqtt = createRequire(nodes)('mqtt') as Partial<Mqtt>;
		return typeof mqtt.MqttClient?.prototype.connect === 'function' && typeof mqtt.connect === 'function' ? (mqtt as Mqtt) : null;
	} catch {
		return null;
	}
}
