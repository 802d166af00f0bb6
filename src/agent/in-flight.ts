import type { PluginApi, RuntimeNode } from './node-red.ts';
import { describeNode, takesInput } from './node-red.ts';
import type { NodeRef } from './protocol.ts';

/** Hook names carry a suffix of ours, by which Node-RED removes them (`RED.hooks.remove('*.flowferry')`). */
const SUFFIX = '.flowferry';

/**
 * Counts the messages inside an instance: on their way between two nodes, or taken by a node that says when it is done.
 * A node whose handler takes no `done` (Node-RED counts `_expectedDoneCount` 0 for it) never completes, and is not
 * waited for: what it does synchronously is over when it has received. Asynchronous work of such nodes is invisible to
 * anyone, which is why a drain has a deadline and the plan names them.
 */
export class InFlight {
	/** Messages that Node-RED has queued, by the nodes that they are for: delivery is asynchronous. */
	#queued = new Map<object, RuntimeNode[]>();
	#held = new Map<string, { node: RuntimeNode; messages: number }>();
	#received = 0;

	/** @param mayRun asked before a node gets a message; what it returns is waited for */
	constructor(api: PluginApi, mayRun: () => Promise<void> | undefined) {
		// Each callback declares its parameter and nothing more: without one Node-RED takes it for callback style and stalls.
		// Not postDeliver: with `runtimeSyncDelivery` that comes after onReceive, and nothing would ever leave the queue.
		api.hooks.add(`preDeliver${SUFFIX}`, (event) => {
			const { node } = event.destination;
			const nodes = this.#queued.get(event.msg);
			if (nodes) nodes.push(node);
			else this.#queued.set(event.msg, [node]);
		});
		api.hooks.add(`onReceive${SUFFIX}`, (event) => {
			this.#received++;
			const { node } = event.destination;
			this.#takeFromQueue(event.msg, node);
			if (isWaitedFor(node) && takesInput(node)) this.#change(node, +1);
			return mayRun();
		});
		api.hooks.add(`onComplete${SUFFIX}`, (event) => {
			if (isWaitedFor(event.node.node)) this.#change(event.node.node, -1);
		});
	}

	/** All counts start anew: what the stopped flows held is gone with them. */
	reset(): void {
		this.#queued.clear();
		this.#held.clear();
		this.#received = 0;
	}

	get received(): number {
		return this.#received;
	}

	get total(): number {
		let total = 0;
		for (const nodes of this.#queued.values()) total += nodes.length;
		for (const { messages } of this.#held.values()) total += messages;
		return total;
	}

	byNode(): (NodeRef & { messages: number })[] {
		const found = new Map([...this.#held].map(([id, { node, messages }]) => [id, { node, messages }]));
		for (const node of [...this.#queued.values()].flat()) {
			const entry = found.get(node.id);
			if (entry) entry.messages++;
			else found.set(node.id, { node, messages: 1 });
		}
		return [...found.values()].map(({ node, messages }) => ({ ...describeNode(node), messages }));
	}

	#takeFromQueue(message: object, node: RuntimeNode): void {
		const nodes = this.#queued.get(message);
		const place = nodes?.indexOf(node) ?? -1;
		if (!nodes || place < 0) return; // given to the node directly, as an inject's button does
		nodes.splice(place, 1);
		if (nodes.length === 0) this.#queued.delete(message);
	}

	#change(node: RuntimeNode, by: number): void {
		const messages = (this.#held.get(node.id)?.messages ?? 0) + by;
		// Below zero: a node that calls done twice for one message.
		if (messages > 0) this.#held.set(node.id, { node, messages });
		else this.#held.delete(node.id);
	}
}

function isWaitedFor(node: RuntimeNode): boolean {
	return node._expectedDoneCount > 0;
}
