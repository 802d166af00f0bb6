import type { FlowNode } from '../flows/node.ts';
import type { RuleContext } from './rule-context.ts';

/** A running `mqtt in` node and what it subscribes to. */
export interface Subscription {
	node: FlowNode;
	/** Undefined where the node names no running broker. */
	broker: FlowNode | undefined;
	topic: string;
	/** `$share/group/…`: the broker gives each message to one member of the group. */
	shared: boolean;
	/** The topic comes from the environment, so that the file does not tell whether it is shared. */
	fromEnvironment: boolean;
	/** Subscribes by messages, not by a topic of its own. */
	dynamic: boolean;
	qos: 0 | 1 | 2;
}

/** Node-RED substitutes only a property that is nothing but `${NAME}` (or the older `$(NAME)`). */
export function isFromEnvironment(value: unknown): boolean {
	return typeof value === 'string' && /^\$(?:\{\S+\}|\(\S+\))$/.test(value.trim());
}

export function findSubscriptions(context: RuleContext): Subscription[] {
	return context.ofType('mqtt in').map((node) => {
		const topic = typeof node.topic === 'string' ? node.topic : '';
		const broker = context.graph.byId.get(String(node.broker ?? ''));
		const qos = Number.parseInt(String(node.qos ?? ''), 10);
		return {
			node,
			broker: broker && context.graph.activity.running.has(broker.id) ? broker : undefined,
			topic,
			shared: topic.startsWith('$share/'),
			fromEnvironment: isFromEnvironment(topic),
			dynamic: Number(node.inputs) > 0,
			// Absent or unreadable means 2, as in core/network/10-mqtt.js.
			qos: qos === 0 || qos === 1 ? qos : 2,
		};
	});
}

/** How long a broker keeps what it knows of a client after its connection ended. */
export interface Session {
	/** It outlives the connection. */
	lingers: boolean;
	/** The next connection takes it up again. */
	resumes: boolean;
	/** Node-RED unsubscribes when the flows stop. */
	unsubscribesAtStop: boolean;
}

/** The defaults of core/network/10-mqtt.js: a clean session where nothing is said, and always without a client id. */
export function sessionOf(broker: FlowNode): Session {
	const clean = broker.cleansession !== false || !hasClientId(broker);
	const expires = Number(broker.sessionExpiry ?? broker.sessionExpiryInterval ?? 0);
	const isV5 = Number(broker.protocolVersion) === 5 && String(broker.compatmode) !== 'true';
	return {
		lingers: isV5 ? expires > 0 : !clean,
		resumes: isV5 ? expires > 0 && !clean : !clean,
		unsubscribesAtStop: broker.autoUnsubscribe !== false,
	};
}

export function hasClientId(broker: FlowNode): boolean {
	return typeof broker.clientid === 'string' && broker.clientid !== '';
}

/** Running brokers with the subscriptions that pass a filter; brokers without one are left out. */
export function groupByBroker(subscriptions: Subscription[], keep: (subscription: Subscription) => boolean): Map<FlowNode, Subscription[]> {
	const groups = new Map<FlowNode, Subscription[]>();
	for (const subscription of subscriptions) {
		if (!subscription.broker || !keep(subscription)) continue;
		const known = groups.get(subscription.broker);
		if (known) known.push(subscription);
		else groups.set(subscription.broker, [subscription]);
	}
	return groups;
}

/** The topic of a shared subscription without `$share/<group>/`. */
export function unsharedTopic(topic: string): string {
	return topic.replace(/^\$share\/[^/]+\//, '');
}

/** Whether a topic filter matches a topic. */
export function matchesTopic(filter: string, topic: string): boolean {
	return overlaps(filter, topic);
}

/** Whether some topic matches both filters. */
export function overlaps(a: string, b: string): boolean {
	const [left, right] = [unsharedTopic(a).split('/'), unsharedTopic(b).split('/')];
	for (let level = 0; ; level++) {
		const [one, other] = [left[level], right[level]];
		// `a/#` matches `a` too.
		if (one === '#' || other === '#') return true;
		if (one === undefined || other === undefined) return one === other;
		if (one !== other && one !== '+' && other !== '+') return false;
	}
}
