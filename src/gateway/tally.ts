import type { RouterStatus, Upstream } from '../lib/routers/router.ts';

/** How many are inside each instance just now. */
class Presence {
	readonly #counts = new Map<string, number>();

	/** Counts one in; the returned function counts it out, once however often it is called. */
	enter(instance: string): () => void {
		this.#counts.set(instance, (this.#counts.get(instance) ?? 0) + 1);
		let inside = true;
		return () => {
			if (!inside) return;
			inside = false;
			const left = (this.#counts.get(instance) ?? 1) - 1;
			if (left === 0) this.#counts.delete(instance);
			else this.#counts.set(instance, left);
		};
	}

	/** The named instances, be they empty, and all others that are not. */
	byInstance(named: readonly Upstream[]): Record<string, number> {
		return { ...Object.fromEntries(named.map(({ instance }) => [instance, 0])), ...Object.fromEntries(this.#counts) };
	}

	get total(): number {
		return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
	}
}

/** The gateway's figures, in memory: they start from 0 with the process. */
export class Tally {
	readonly totals: RouterStatus['totals'] = { requests: 0, failed: 0, held: 0 };
	/** Requests passed on and not yet answered. */
	readonly requests = new Presence();
	/** Open WebSockets. */
	readonly webSockets = new Presence();
}
