import type { Qos } from './mqtt-nodes.ts';
import type { PluginApi, RuntimeNode } from './node-red.ts';
import { takesInput } from './node-red.ts';
import type { StreamPosition } from './stream-position.ts';

const SUFFIX = '.flowferry-handled';
/**
 * Between one node's being done with a message and the next node's getting it, the event loop turns: so long it must be nowhere, and at
 * two looks, between which the loop has turned however busy it is.
 */
const SETTLE_MS = 15;
/** A message that has been inside for so long is not waited for any more: a crash may lose it. */
const MAX_INSIDE_MS = 5000;

/** One message of a subscription, from its emission until no node has it any more. */
interface Emission extends StreamPosition {
	emittedMs: number;
	movedMs: number;
	/** When it had moved last, as the last look saw it. */
	seenMovedMs: number;
	inside: number;
}

/**
 * How far an instance has come with what its subscriptions emitted: up to where everything has been handled, so that another one
 * can go on from there after a crash, and lose nothing. A message is followed by its `_msgid`,
 * which its copies share; what a node makes anew of it (the parts of a `split`) is not. Costs two
 * hooks and a look-up for each message that a node gets, so it is there only while somebody follows.
 */
export class Handled {
	readonly #api: PluginApi;
	#following = false;
	/** By message id, in the order of emission. */
	#open = new Map<string, Emission>();
	/** By message: a node may change the id before it is done (`split` deletes it). */
	#taken = new WeakMap<object, Emission>();
	#counts = new Map<string, number[]>();

	constructor(api: PluginApi) {
		this.#api = api;
	}

	get following(): boolean {
		return this.#following;
	}

	/**
	 * Idempotent: several may follow.
	 * @param counts what has been emitted until now, which counts as handled: nobody was there to go on with it
	 */
	follow(counts: ReadonlyMap<string, number[]>): void {
		if (this.#following) return;
		this.#following = true;
		this.#counts = new Map([...counts].map(([key, byQos]) => [key, [...byQos]]));
		this.#api.hooks.add(`onReceive${SUFFIX}`, (event) => this.#move(event.destination.node, event.msg, 1));
		this.#api.hooks.add(`onComplete${SUFFIX}`, (event) => this.#move(event.node.node, event.msg, -1));
	}

	/** While somebody follows. */
	emitted(position: StreamPosition, messageId: string, nowMs: number): void {
		this.#open.set(messageId, { ...position, emittedMs: nowMs, movedMs: nowMs, seenMovedMs: -1, inside: 0 });
	}

	/** By stream key, for QoS 0, 1 and 2: how many of the first messages have all been handled. */
	take(nowMs: number): Record<string, number[]> {
		const blocked = new Set<string>();
		for (const [id, emission] of this.#open) {
			const { key, qos, index } = emission;
			const stream = `${qos} ${key}`;
			if (!isHandled(emission, nowMs)) blocked.add(stream);
			emission.seenMovedMs = emission.movedMs;
			if (blocked.has(stream)) continue;
			this.#set(key, qos, index);
			this.#open.delete(id);
		}
		return Object.fromEntries(this.#counts);
	}

	stop(): void {
		if (this.#following) {
			this.#api.hooks.remove(`onReceive${SUFFIX}`);
			this.#api.hooks.remove(`onComplete${SUFFIX}`);
		}
		this.#following = false;
		this.#open = new Map();
		this.#counts = new Map();
	}

	#move(node: RuntimeNode, msg: { _msgid?: string }, by: 1 | -1): undefined {
		// As for the drain: a node that never says that it is done holds nothing up.
		if (!(node._expectedDoneCount > 0) || (by === 1 && !takesInput(node))) return undefined;
		const emission = (by === -1 ? this.#taken.get(msg) : undefined) ?? this.#open.get(msg._msgid ?? '');
		if (emission) {
			if (by === 1) this.#taken.set(msg, emission);
			emission.inside += by;
			emission.movedMs = performance.now();
		}
		return undefined;
	}

	#set(key: string, qos: Qos, index: number): void {
		const counts = this.#counts.get(key) ?? [0, 0, 0];
		counts[qos] = index;
		this.#counts.set(key, counts);
	}
}

function isHandled({ inside, movedMs, seenMovedMs, emittedMs }: Emission, nowMs: number): boolean {
	const isNowhere = inside <= 0 && movedMs === seenMovedMs && nowMs - movedMs >= SETTLE_MS;
	return isNowhere || nowMs - emittedMs >= MAX_INSIDE_MS;
}
