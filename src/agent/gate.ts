import type { SubscriptionNode } from './mqtt-nodes.ts';
import type { PluginApi, SendEvent } from './node-red.ts';
import { OnceInjects } from './once-injects.ts';
import type { CutOrder, GateReport } from './protocol.ts';
import { isSource } from './sources.ts';
import type { StreamPosition } from './stream-position.ts';
import { isOrdinary, type Streams } from './streams.ts';
import { monotonicMs } from './time.ts';

const HOOK = 'onSend.flowferry-gate';

/** Messages held at most: a gate that nobody opens must not fill the memory. */
const MAX_HELD = 50_000;

/** After the gate has opened, for so long the last copies of what the old side handled may still arrive. */
const LATE_MS = 1000;

/**
 * How a held message is judged when the gate opens.
 * - `stream`: of an ordinary subscription, which the old side gets, too: by its place in the stream
 * - `time`: of another source that both sides have (a timer, a poll, a listener): by when it came
 * - `pass`: it is this side's alone
 * - `retained`: the copy of a retained message that a new subscription gets; passes, unless the other side has handled a later one
 * - `own`: what a node that is no source says by itself (a `status` node); passes, while it is news
 */
export type Held =
	| { by: 'stream'; position: StreamPosition; atMs: number }
	| { by: 'time'; atMs: number }
	| { by: 'pass' }
	| { by: 'retained'; key: string }
	| { by: 'own'; atMs: number };

interface Waiting {
	held: Held;
	/** Of a message that a subscription emitted. */
	topic: string;
	/** Lets it go on its way, or (false) ends it here. */
	done(result?: false): void;
}

/**
 * Holds everything that any node sends, so that started flows are connected and subscribed, and yet reach nothing. When it
 * opens, what the old side has handled is dropped, and the rest goes on in the order in which it came.
 */
export class Gate {
	readonly #api: PluginApi;
	readonly #streams: Streams;
	#waiting: Waiting[] | null = null;
	#overflowed = false;
	#hooked = false;
	#order: CutOrder | null = null;
	#lateTimer: NodeJS.Timeout | undefined;
	readonly #once = new OnceInjects();
	readonly #tally: GateReport = { passed: 0, dropped: 0 };

	constructor(api: PluginApi, streams: Streams) {
		this.#api = api;
		this.#streams = streams;
	}

	get closed(): boolean {
		return this.#waiting !== null;
	}

	/** Call `Streams.count` first: this hook comes after that one. */
	close(): void {
		if (this.closed) return;
		this.#waiting = [];
		this.#overflowed = false;
		this.#once.beginAnew();
		this.#tally.passed = 0;
		this.#tally.dropped = 0;
		this.#hook();
	}

	/** @throws Error where more came than it can hold */
	open(order: CutOrder): GateReport {
		if (this.#overflowed) throw new Error(`more than ${MAX_HELD} messages came while the gate was closed`);
		const waiting = this.#waiting ?? [];
		this.#waiting = null;
		this.#order = order;
		for (const { held, done } of waiting) {
			if (this.#judge(held, order)) done();
			else done(false);
		}
		this.#streams.endListening();
		if (this.#allCopiesCame(order)) this.#takeAway();
		else this.#lateTimer = setTimeout(() => this.#takeAway(), LATE_MS);
		return { ...this.#tally };
	}

	/**
	 * Forgets what the other side has handled: a gate that stands for days must not remember it. Of a retained message it keeps the
	 * latest copy, and none where the other side has handled a later message.
	 */
	advance(order: CutOrder): void {
		const outdated = new Set<string>();
		const kept: Waiting[] = [];
		for (const waiting of this.#waiting?.toReversed() ?? []) {
			if (isToWait(waiting, order, outdated)) kept.push(waiting);
			else waiting.done(false);
		}
		if (this.#waiting) this.#waiting = kept.reverse();
	}

	/** Ends what it holds, where it is closed, and takes the hook away. */
	stop(): void {
		for (const { done } of this.#waiting ?? []) done(false);
		this.#waiting = null;
		this.#takeAway();
		this.#streams.stop();
	}

	/** By the time that the last copies have come, a spare may be following this side's streams. */
	#takeAway(): void {
		clearTimeout(this.#lateTimer);
		this.#order = null;
		if (this.#hooked) this.#api.hooks.remove(HOOK);
		this.#hooked = false;
		this.#streams.stopUnlessListening();
	}

	#hook(): void {
		if (this.#hooked) return;
		this.#hooked = true;
		this.#api.hooks.add(HOOK, (events: SendEvent[], done: (result?: false) => void) => {
			if (this.#waiting) this.#hold(this.#waiting, events, done);
			else if (this.#order && !this.#judge(this.#classify(events), this.#order)) done(false);
			else done();
		});
	}

	#hold(waiting: Waiting[], events: SendEvent[], done: (result?: false) => void): void {
		if (waiting.length >= MAX_HELD) this.#overflowed = true;
		if (this.#overflowed) done(false);
		else waiting.push({ held: this.#classify(events), topic: (events[0]?.msg as { topic?: string } | undefined)?.topic ?? '', done });
	}

	#classify(events: SendEvent[]): Held {
		const node = events[0]?.source.node;
		if (!node) return { by: 'pass' };
		const atMs = monotonicMs();
		if (node.type === 'mqtt in') {
			const position = this.#streams.positionOf(events);
			const subscription = node as SubscriptionNode;
			if (!position) return { by: 'time', atMs };
			if (position.index === 0) return { by: 'retained', key: position.key };
			return isOrdinary(subscription) ? { by: 'stream', position, atMs } : { by: 'pass' };
		}
		if (this.#once.isFirst(node) || node.type === 'http in') return { by: 'pass' };
		return { by: isSource(node) ? 'time' : 'own', atMs };
	}

	#judge(held: Held, order: CutOrder): boolean {
		const passes = passesCut(held, order);
		if (passes) this.#tally.passed++;
		else this.#tally.dropped++;
		return passes;
	}

	#allCopiesCame({ handled }: CutOrder): boolean {
		return Object.entries(handled).every(([key, counts]) =>
			counts.every((count, qos) => this.#streams.emitted(key, qos as 0 | 1 | 2) >= count),
		);
	}
}

/** @param outdated topics of subscriptions of which something later has been looked at; added to */
function isToWait({ held, topic }: Waiting, order: CutOrder, outdated: Set<string>): boolean {
	switch (held.by) {
		case 'stream': {
			const waits = passesCut(held, order);
			if (!waits) outdated.add(`${held.position.key} ${topic}`);
			return waits;
		}
		case 'retained': {
			const waits = !outdated.has(`${held.key} ${topic}`);
			outdated.add(`${held.key} ${topic}`);
			return waits;
		}
		case 'own':
			return held.atMs > order.closedAtMs;
		default:
			return passesCut(held, order);
	}
}

/** Whether a message that both sides may have got is this side's to handle. Pure. */
export function passesCut(held: Held, { handled, closedAtMs }: CutOrder): boolean {
	switch (held.by) {
		case 'pass':
		case 'retained':
		case 'own':
			return true;
		case 'time':
			return held.atMs > closedAtMs;
		case 'stream': {
			const counts = handled[held.position.key];
			return counts ? held.position.index > (counts[held.position.qos] ?? 0) : held.atMs > closedAtMs;
		}
	}
}
