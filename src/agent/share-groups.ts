import { hasFixedClientId, type MqttClient, type SubscriptionNode } from './mqtt-nodes.ts';
import type { RuntimeNode } from './node-red.ts';
import { sleep, within } from './time.ts';

/**
 * After the broker's word that a subscription has ended, messages that it had sent before are still on their way: measured
 * with Mosquitto 2.0.11 at 500 a second, without this wait 4 to 11 of them were lost.
 */
const SETTLE_MS = 100;

/**
 * Leaves the share groups that the flows are members of, and goes on handling what the broker had given to this member
 * before. Merely closing a `mqtt in` would let its client acknowledge messages that nobody handles, and that the broker gave
 * to nobody else.
 */
export async function leaveShareGroups(nodes: Iterable<RuntimeNode>, timeoutMs: number): Promise<void> {
	const topics = new Map<MqttClient, Set<string>>();
	for (const node of nodes as Iterable<SubscriptionNode>) {
		const client = node.type === 'mqtt in' && node.brokerConn?.connected ? node.brokerConn.client : undefined;
		if (!client || !node.topic?.startsWith('$share/') || hasFixedClientId(client)) continue;
		topics.set(client, (topics.get(client) ?? new Set()).add(node.topic));
	}
	if (topics.size === 0) return;
	const leaving = [...topics].flatMap(([client, names]) => [...names].map((name) => client.unsubscribeAsync(name)));
	await within(Promise.allSettled(leaving), timeoutMs);
	await sleep(SETTLE_MS);
}
