import { setTimeout as sleep } from 'node:timers/promises';
import type { Router, Upstream } from '../lib/routers/router.ts';
import { FaultLog } from './fault-log.ts';
import type { Log } from './log.ts';

/** `lookAgainMs`: an order of the one before, which was frozen between deciding and ordering, has come by then. */
const usual = { retryMs: 250, lookAgainMs: 2000 };

export interface TrafficParts {
	router: Router;
	log: Pick<Log, 'write'>;
	/** Whether nobody else orders the traffic, as far as is known: a promotion does. Asked before each order. */
	mayOrder(): Promise<boolean>;
	/** The other instances that are to get traffic, too. */
	beside(): Promise<Upstream[]>;
}

/** Has the router send its traffic to an instance that became active by itself; whoever orders a promotion does so otherwise. */
export class Traffic {
	readonly #parts: TrafficParts;
	readonly #times: typeof usual;

	constructor(parts: TrafficParts, times = usual) {
		this.#parts = parts;
		this.#times = times;
	}

	/**
	 * Tries until the router has it, or until the instance is no longer the one: a router may just be starting. Looks again a little
	 * later, and goes on until it finds itself there: of several instances that come up at once, each may order without having seen the
	 * others.
	 */
	async bringTo(upstream: Upstream, isStill: () => boolean): Promise<void> {
		do {
			await this.#order(upstream, isStill);
			await sleep(this.#times.lookAgainMs, undefined, { ref: false });
		} while (isStill() && !(await this.#goesTo(upstream)));
	}

	/**
	 * Takes those out of the traffic that are not active any more and had nobody order that: one that was cut off does not reach the
	 * router. Goes on until the process ends, which it does not keep from ending.
	 * @param isActive whether this instance serves
	 * @param active the names of all that may serve
	 */
	async tend(isActive: () => boolean, active: () => Promise<ReadonlySet<string>>): Promise<never> {
		for (;;) {
			await sleep(this.#times.lookAgainMs, undefined, { ref: false });
			if (isActive()) await this.#dropOthersThan(active).catch(() => {}); // there is another look soon
		}
	}

	async #dropOthersThan(active: () => Promise<ReadonlySet<string>>): Promise<void> {
		const { router, log, mayOrder } = this.#parts;
		const status = await router.status();
		if (status?.traffic.state !== 'flowing') return;
		const { upstreams } = status.traffic;
		const names = await active();
		const left = upstreams.filter(({ instance }) => names.has(instance));
		if (left.length === 0 || left.length === upstreams.length || !(await mayOrder())) return;
		await router.route(left);
		log.write('others get no traffic any more', { left: left.map(({ instance }) => instance) });
	}

	/** True where that is not known. */
	async #goesTo({ instance, url }: Upstream): Promise<boolean> {
		const status = await this.#parts.router.status().catch(() => null);
		if (status?.traffic.state !== 'flowing') return true;
		return status.traffic.upstreams.some((upstream) => upstream.instance === instance && upstream.url === url);
	}

	async #order(upstream: Upstream, isStill: () => boolean): Promise<void> {
		const { router, log, mayOrder, beside } = this.#parts;
		const faults = new FaultLog(log, 'the router does not take the traffic here; trying again');
		for (; isStill(); await sleep(this.#times.retryMs)) {
			try {
				const upstreams = [upstream, ...(await beside())];
				// Last of all: what holds for a promotion must not be let go by an order that was decided before it began.
				if (!(await mayOrder())) continue;
				await router.route(upstreams);
				return;
			} catch (error) {
				faults.failed(error);
			}
		}
	}
}
