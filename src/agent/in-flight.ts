import type { PluginApi, RuntimeNode } from './node-red.ts';
import { describeNode } from './node-red.ts';
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
	/** Messages that Node-RED has queued for a node and not yet delivered: delivery is asynchronous. */
	#queued = new Map<object, number>();
	#held = new Map<string, { node: RuntimeNode; messages: number }>();
	#received = 0;

	constructor(api: PluginApi) {
		// Each callback declares its parameter and nothing more: without one Node-RED takes it for callback style and stalls.
		api.hooks.add(`postDeliver${SUFFIX}`, (event) => {
			this.#queued.set(event.msg, (this.#queued.get(event.msg) ?? 0) + 1);
		});
		api.hooks.add(`onReceive${SUFFIX}`, (event) => {
			this.#received++;
			this.#takeFromQueue(event.msg);
			const { node } = event.destination;
			if (node._expectedDoneCount > 0) this.#change(node, +1);
		});
		api.hooks.add(`onComplete${SUFFIX}`, (event) => {
			if (event.node.node._expectedDoneCount > 0) this.#change(event.node.node, -1);
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
		let total = this.#queued.size;
		for (const { messages } of this.#held.values()) total += messages;
		return total;
	}

	byNode(): (NodeRef & { messages: number })[] {
		return [...this.#held.values()].map(({ node, messages }) => ({ ...describeNode(node), messages }));
	}

	#takeFromQueue(message: object): void {
		const count = this.#queued.get(message);
		if (count === undefined) return; // given to the node directly, as an inject's button does
		if (count > 1) this.#queued.set(message, count - 1);
		else this.#queued.delete(message);
	}

	#change(node: RuntimeNode, by: number): void {
		const messages = (this.#held.get(node.id)?.messages ?? 0) + by;
		// Below zero: a node that calls done twice for one message.
		if (messages > 0) this.#held.set(node.id, { node, messages });
		else this.#held.delete(node.id);
	}
}
