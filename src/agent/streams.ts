import { randomUUID } from 'node:crypto';
import { Handled } from './handled.ts';
import { type BrokerNode, hasFixedClientId, type MqttClient, type Qos, qosLevels, type SubscriptionNode } from './mqtt-nodes.ts';
import type { PluginApi, RuntimeNode, SendEvent } from './node-red.ts';
import { runningNodes } from './node-red.ts';
import type { Mark, Position, Stream, StreamReport } from './protocol.ts';
import type { StreamPosition } from './stream-position.ts';
import { monotonicMs, sleep, within } from './time.ts';

const HOOK = 'onSend.flowferry-streams';
const POLL_MS = 5;

/** What the agent must find in Node-RED's MQTT nodes to count their messages; else the cut is not possible. */
interface Connection {
	broker: BrokerNode & Required<Pick<BrokerNode, 'client' | 'brokerurl'>>;
	/** Its ordinary subscriptions; none where all of them are shared. */
	streams: Stream[];
}

/**
 * Counts what the flows' MQTT subscriptions emit, and notes where each of them stood when a sentinel came by. A sentinel is
 * a message on a private topic, received over the very connection of the subscriptions that are counted, at each QoS that
 * they use: so two instances with the same flows know which message of the one is which of the other, without looking into
 * any. Holds where a broker keeps the order of one connection's messages of one QoS, as MQTT asks for a topic and its
 * publisher (MQTT 5, section 4.6).
 */
export class Streams {
	readonly #api: PluginApi;
	#counting = false;
	#counts = new Map<string, number[]>();
	#marks: Mark[] = [];
	#positions = new WeakMap<SendEvent[], StreamPosition>();
	#connections: Connection[] = [];
	#lost = new Set<string>();
	#topic: string | null = null;
	/** What the topics of all sentinels begin with: of those of other instances, too. */
	#sentinels: string | null = null;
	#session = '';
	#closedAtMs: number | null = null;
	readonly #detach: (() => void)[] = [];
	readonly #handled: Handled;

	constructor(api: PluginApi) {
		this.#api = api;
		this.#handled = new Handled(api);
	}

	/** Begins to count. The hook costs something, so that it is there only during a cutover. */
	count(): void {
		if (this.#counting) return;
		this.#counting = true;
		this.#session = randomUUID();
		this.#api.hooks.add(HOOK, (events: SendEvent[]) => this.#take(events));
	}

	/** Where a message that is being sent stands; undefined for what no subscription emitted. */
	positionOf(events: SendEvent[]): StreamPosition | undefined {
		return this.#positions.get(events);
	}

	/** How many a subscription has emitted at a QoS. */
	emitted(key: string, qos: Qos): number {
		return this.#counts.get(key)?.[qos] ?? 0;
	}

	/**
	 * Subscribes to the sentinels on every connection that has subscriptions and may be made twice. Subscriptions made before
	 * it on the same connection stand when it does: of a share group, too, the new side is a member then.
	 */
	async listen(topic: string, timeoutMs: number): Promise<StreamReport> {
		this.count();
		if (this.#topic !== topic) {
			this.#stopListening();
			this.#topic = topic;
			this.#sentinels = topic.slice(0, topic.lastIndexOf('/') + 1);
			this.#connections = connectionsOf([...runningNodes(this.#api)]);
			await Promise.all(this.#connections.map((connection) => this.#listenOn(connection, topic, timeoutMs)));
		}
		return this.report();
	}

	/** Publishes a sentinel over each connection, at each QoS that its subscriptions use. */
	sendSentinel(sentinel: number): void {
		for (const { broker, streams } of this.#connections) {
			for (const qos of qosOf(streams)) broker.client.publish(`${this.#topic}/${broker.id}`, `${sentinel} ${qos}`, { qos });
		}
	}

	/** See `StreamReport.session`. */
	get session(): string {
		return this.#session;
	}

	/** From now on it can be asked how far these flows have come. */
	follow(): void {
		this.#handled.follow(this.#counts);
	}

	/** How far they have come; null where nobody follows. */
	position(): Position | null {
		if (!this.#handled.following) return null;
		return { session: this.#session, counts: this.#handled.take(performance.now()), atMs: monotonicMs() };
	}

	/** @throws Error where a connection of these streams broke, so that what was counted on it is worth nothing */
	assertKnown(keys: string[]): void {
		for (const { broker, streams } of this.#connections) {
			if (this.#lost.has(broker.id) && streams.some(({ key }) => keys.includes(key)))
				throw new Error(`the connection to ${broker.brokerurl} was lost during the cutover`);
		}
	}

	/** The sources have been closed: what comes now is another instance's. */
	close(): void {
		this.#closedAtMs = monotonicMs();
	}

	report(): StreamReport {
		return {
			session: this.#session,
			connections: this.#connections.map(({ broker }) => broker.id),
			streams: this.#connections.flatMap(({ streams }) => streams),
			marks: this.#marks,
			counts: Object.fromEntries(this.#counts),
			lost: [...this.#lost],
			closedAtMs: this.#closedAtMs,
		};
	}

	/** The sentinels have served. */
	endListening(): void {
		this.#stopListening();
	}

	/** Unless somebody has begun to listen since. */
	stopUnlessListening(): void {
		if (this.#topic === null) this.stop();
	}

	/** Forgets everything, and takes the hook away. */
	stop(): void {
		this.#stopListening();
		this.#handled.stop();
		if (this.#counting) this.#api.hooks.remove(HOOK);
		this.#counting = false;
		this.#counts = new Map();
		this.#closedAtMs = null;
		this.#sentinels = null;
		this.#session = '';
	}

	#take(events: SendEvent[]): false | undefined {
		const node = events[0]?.source.node as SubscriptionNode | undefined;
		if (node?.type !== 'mqtt in' || node.isDynamic) return undefined;
		const { qos, retain, topic } = (events[0] as SendEvent).msg as { qos: Qos; retain?: boolean; topic?: string };
		// A subscription to everything gets the sentinels, too; the flows must not.
		if (this.#sentinels !== null && topic?.startsWith(this.#sentinels)) return false;
		const key = keyOf(node);
		if (retain && !keepsRetainFlag(node)) {
			this.#positions.set(events, { key, qos, index: 0 });
			return undefined;
		}
		const counts = this.#counts.get(key) ?? [0, 0, 0];
		const index = (counts[qos] ?? 0) + 1;
		counts[qos] = index;
		this.#counts.set(key, counts);
		const position = { key, qos, index };
		this.#positions.set(events, position);
		if (this.#handled.following) this.#handled.emitted(position, (events[0] as SendEvent).msg._msgid ?? '', performance.now());
		return undefined;
	}

	async #listenOn({ broker, streams }: Connection, prefix: string, timeoutMs: number): Promise<void> {
		const topic = `${prefix}/${broker.id}`;
		const { client } = broker;
		const onMessage = (received: string, payload: Buffer, { qos }: { qos: Qos }) => {
			if (received !== topic) return;
			const [sentinel, sentAt] = payload.toString().split(' ').map(Number);
			// One that a broker delivers at another QoS than it was sent at tells nothing of the streams of either.
			if (sentinel === undefined || sentAt !== qos) return;
			const counts = Object.fromEntries(streams.map(({ key }) => [key, this.emitted(key, qos)]));
			this.#marks.push({ connection: broker.id, qos, sentinel, counts });
		};
		const onClose = () => {
			this.#lost.add(broker.id);
			this.#session = randomUUID();
		};
		client.on('message', onMessage);
		this.#detach.push(() => {
			client.off('message', onMessage);
			client.off('close', onClose);
		});
		const deadline = performance.now() + timeoutMs;
		while (!broker.connected && performance.now() < deadline) await sleep(POLL_MS);
		const subscribed = broker.connected ? await within(subscribe(client, topic), deadline - performance.now()) : false;
		if (!subscribed) this.#lost.add(broker.id);
		client.on('close', onClose);
	}

	#stopListening(): void {
		for (const { broker } of this.#connections) {
			if (this.#topic !== null && broker.connected) broker.client.unsubscribeAsync(`${this.#topic}/${broker.id}`).catch(() => {});
		}
		for (const detach of this.#detach.splice(0)) detach();
		this.#topic = null;
		this.#connections = [];
		this.#marks = [];
		this.#lost = new Set();
	}
}

/** @throws Error where the broker refuses the subscription (its access rules, for one): 128 and above */
async function subscribe(client: MqttClient, topic: string): Promise<void> {
	const granted = await client.subscribeAsync(topic, { qos: 2 });
	if (granted.some((grant) => grant.qos >= 128)) throw new Error(`the broker refuses a subscription to ${topic}`);
}

/** Those of subscriptions, but for what must not be connected twice. */
function connectionsOf(nodes: RuntimeNode[]): Connection[] {
	const connections = new Map<string, Connection>();
	for (const node of nodes as SubscriptionNode[]) {
		const broker = node.brokerConn;
		if (node.type !== 'mqtt in' || node.isDynamic || !broker?.client || !broker.brokerurl || hasFixedClientId(broker.client)) continue;
		const connection = connections.get(broker.id) ?? { broker: broker as Connection['broker'], streams: [] };
		connections.set(broker.id, connection);
		if (isOrdinary(node)) connection.streams.push(describeStream(node, broker.id, broker.brokerurl));
	}
	return [...connections.values()];
}

function describeStream(node: SubscriptionNode, connection: string, server: string): Stream {
	const { topic = '', qos } = node;
	return { key: keyOf(node), topic, qos: qos === 0 || qos === 1 ? qos : 2, connection, server };
}

/** Not one of a share group, nor of a session that is handed over: of those no message goes to two instances. */
export function isOrdinary({ topic, brokerConn }: SubscriptionNode): boolean {
	return !topic?.startsWith('$share/') && brokerConn?.client !== undefined && !hasFixedClientId(brokerConn.client);
}

function qosOf(streams: Stream[]): Qos[] {
	const highest = Math.max(...streams.map(({ qos }) => qos));
	// A message published at a lower QoS than the subscription's is delivered at its own.
	return qosLevels.filter((qos) => qos <= highest);
}

function keepsRetainFlag({ rap }: SubscriptionNode): boolean {
	return rap === true || rap === 'true';
}

/** The same in every instance of the same flows: inside a subflow, Node-RED makes up an id for each node at each start. */
export function keyOf(node: RuntimeNode): string {
	return `${node._flow?.path ?? ''}/${node._alias ?? node.id}`;
}
