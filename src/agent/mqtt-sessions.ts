import type { BrokerNode, MqttClient } from './mqtt-nodes.ts';
import type { RuntimeNode } from './node-red.ts';

/** Any MQTT 5 reason code other than 0 keeps mqtt.js from emitting the message; this one is valid for PUBACK and PUBREC. */
const NOT_EMITTED = 16;

/**
 * Leaves new messages of a persistent session with the broker. A `mqtt in` that closes while its connection stays open
 * (an `mqtt out` shares it) does not end a persistent session's subscription: the client would go on acknowledging
 * messages that nobody handles, and they would be gone. Here they are neither emitted nor acknowledged, so the broker
 * delivers them again to the session's next client. Acknowledgements of what we publish pass as before.
 *
 * A QoS 2 message that was half-way (PUBREC sent) is still completed and emitted: only this client has its payload.
 */
export function leaveMessagesAtBroker(nodes: Iterable<RuntimeNode>): PersistentSession[] {
	const sessions: PersistentSession[] = [];
	for (const node of nodes) {
		if (node.type !== 'mqtt-broker') continue;
		const { options, client } = node as BrokerNode;
		if (options?.clean !== false || !client?.options || !client._sendPacket) continue;
		withholdAcknowledgements(client);
		sessions.push({ halfWay: () => client.incomingStore?._inflights?.size ?? 0 });
	}
	return sessions;
}

export interface PersistentSession {
	/** QoS 2 messages that this client must still complete. */
	halfWay(): number;
}

function withholdAcknowledgements(client: MqttClient): void {
	client.options.customHandleAcks = (_topic: string, _message: Buffer, _packet: object, done: (code: number) => void) => done(NOT_EMITTED);

	const send = client._sendPacket.bind(client);
	client._sendPacket = (packet, callback, ...rest) => {
		if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec') return send(packet, callback, ...rest);
		callback?.();
		return client;
	};
}
