import { setTimeout as sleep } from 'node:timers/promises';
import type { Router, Upstream } from '../lib/routers/router.ts';
import type { Log } from './log.ts';

const RETRY_MS = 250;
/** An order of the one before, which was frozen between deciding and ordering, has come by then. */
const LOOK_AGAIN_MS = 2000;

/** Has the router send its traffic to an instance that became active by itself; whoever orders a promotion does so otherwise. */
export class Traffic {
	readonly #router: Router;
	readonly #log: Log;
	readonly #beside: () => Promise<Upstream[]>;

	/** @param beside the other instances that are to get traffic, too */
	constructor(router: Router, log: Log, beside: () => Promise<Upstream[]> = async () => []) {
		this.#router = router;
		this.#log = log;
		this.#beside = beside;
	}

	/**
	 * Tries until the router has it, or until the instance is no longer the one: a router may just be starting. Looks again a little
	 * later, unless somebody else orders the traffic by then, and goes on until it finds itself there: of several instances that come up
	 * at once, each may order without having seen the others.
	 */
	async bringTo(upstream: Upstream, { isStill, mayOrder }: { isStill: () => boolean; mayOrder: () => Promise<boolean> }): Promise<void> {
		do {
			await this.#order(upstream, isStill);
			await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
		} while (isStill() && (await mayOrder()) && !(await this.#goesTo(upstream)));
	}

	/** True where that is not known. */
	async #goesTo({ instance }: Upstream): Promise<boolean> {
		const status = await this.#router.status().catch(() => null);
		if (status?.traffic.state !== 'flowing') return true;
		return status.traffic.upstreams.some((upstream) => upstream.instance === instance);
	}

	async #order(upstream: Upstream, isStill: () => boolean): Promise<void> {
		let fault = '';
		while (isStill()) {
			try {
				await this.#router.route([upstream, ...(await this.#beside())]);
				return;
			} catch (error) {
				if (String(error) !== fault) this.#log.write('the router does not take the traffic here; trying again', { error: String(error) });
				fault = String(error);
			}
			await sleep(RETRY_MS);
		}
	}
}
