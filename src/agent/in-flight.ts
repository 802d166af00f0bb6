import type { PluginApi, RuntimeNode } from './node-red.ts';
import { takesInput } from './node-red.ts';

/** Hook names carry a suffix of ours, by which Node-RED removes them (`RED.hooks.remove('*.flowferry')`). */
const SUFFIX = '.flowferry';

/** What one node did since the flows' start. */
export interface NodeCount {
	readonly node: RuntimeNode;
	received: number;
	/** Messages that it said it was done with; only a node that says so at all is counted. */
	completed: number;
	/** Taken, and not done with. */
	inside: number;
}

/**
 * Counts the messages inside nodes: taken by a node that says when it is done. A node whose handler takes no `done`
 * (Node-RED counts `_expectedDoneCount` 0 for it) never completes, and is not waited for: what it does synchronously is
 * over when it has received. Asynchronous work of such nodes is invisible to anyone, which is why a drain has a deadline
 * and the plan names them.
 *
 * Runs for every message of every flow, so it does little: two hooks, one look-up each (`npm run bench:agent`). A message
 * on its way between two nodes is not counted, for which a third hook would be needed: Node-RED delivers it before the
 * event loop has turned once more, and a drain waits for longer than that with nothing received.
 */
export class InFlight {
	#counts = new Map<RuntimeNode, NodeCount>();
	#inside = 0;
	#received = 0;

	/** @param mayRun asked before a node gets a message; what it returns is waited for */
	constructor(api: PluginApi, mayRun: () => Promise<void> | undefined) {
		// Each callback declares its parameter and nothing more: without one Node-RED takes it for callback style and stalls.
		api.hooks.add(`onReceive${SUFFIX}`, (event) => {
			const { node } = event.destination;
			const count = this.#countOf(node);
			this.#received++;
			count.received++;
			if (node._expectedDoneCount > 0 && takesInput(node)) {
				count.inside++;
				this.#inside++;
			}
			return mayRun();
		});
		api.hooks.add(`onComplete${SUFFIX}`, (event) => {
			const { node } = event.node;
			if (!(node._expectedDoneCount > 0)) return undefined;
			const count = this.#countOf(node);
			count.completed++;
			// None inside: a node that calls done twice for one message.
			if (count.inside === 0) return undefined;
			count.inside--;
			this.#inside--;
			return undefined;
		});
	}

	/** All counts start anew: what the stopped flows held is gone with them. */
	reset(): void {
		this.#counts.clear();
		this.#inside = 0;
		this.#received = 0;
	}

	/** Other nodes are closed, and what they held is gone with them. */
	keepOnly(running: ReadonlySet<RuntimeNode>): void {
		for (const [node, { inside }] of this.#counts) {
			if (running.has(node)) continue;
			this.#inside -= inside;
			this.#counts.delete(node);
		}
	}

	/** Messages received by nodes since the flows' start. */
	get received(): number {
		return this.#received;
	}

	/** Messages inside nodes. */
	get total(): number {
		return this.#inside;
	}

	/** Of every node that has received anything. */
	byNode(): Iterable<Readonly<NodeCount>> {
		return this.#counts.values();
	}

	#countOf(node: RuntimeNode): NodeCount {
		let count = this.#counts.get(node);
		if (!count) {
			count = { node, received: 0, completed: 0, inside: 0 };
			this.#counts.set(node, count);
		}
		return count;
	}
}
