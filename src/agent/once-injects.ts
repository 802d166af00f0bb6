import type { RuntimeNode } from './node-red.ts';

/** Tells an inject's firing at the flows' start from what its timer sends later: both come from the same node. */
export class OnceInjects {
	#fired = new WeakSet<RuntimeNode>();

	/** The flows start. */
	beginAnew(): void {
		this.#fired = new WeakSet();
	}

	/** Whether this message is the one that the node sends at the flows' start; asked once for each message. */
	isFirst(node: RuntimeNode): boolean {
		if (node.type !== 'inject' || node.once !== true || this.#fired.has(node)) return false;
		this.#fired.add(node);
		return true;
	}
}
