import { setTimeout as sleep } from 'node:timers/promises';
import type { Router, Upstream } from '../lib/routers/router.ts';
import type { Log } from './log.ts';

const RETRY_MS = 250;

/** Has the router send its traffic to an instance that became active by itself; whoever orders a promotion does so otherwise. */
export class Traffic {
	readonly #router: Router;
	readonly #log: Log;

	constructor(router: Router, log: Log) {
		this.#router = router;
		this.#log = log;
	}

	/** Tries until the router has it, or until the instance is no longer the one: a router may just be starting. */
	async bringTo(upstream: Upstream, isStill: () => boolean): Promise<void> {
		let fault = '';
		while (isStill()) {
			try {
				await this.#router.route([upstream]);
				return;
			} catch (error) {
				if (String(error) !== fault) this.#log.write('the router does not take the traffic here; trying again', { error: String(error) });
				fault = String(error);
			}
			await sleep(RETRY_MS);
		}
	}
}
