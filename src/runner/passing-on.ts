import { setTimeout as sleep } from 'node:timers/promises';
import type { Router, Upstream } from '../lib/routers/router.ts';
import { FaultLog } from './fault-log.ts';
import type { Log } from './log.ts';

/** As the gateway's own, for an instance that does not accept. */
const HOLD = { maxMs: 10_000, maxRequests: 10_000 };

/** Between two looks for a successor: at first often, for requests wait. */
const usual = { leastMs: 50, mostMs: 1000 };

/** What an instance orders of its own gateway alone; the router of a pod is such a one. */
export interface OwnRouter extends Router {
	/** Has the gateway send to this instance what comes to it; what is held stays so, unless it `releases` that. */
	receive(releases: boolean): Promise<void>;
}

export interface PassingOnParts {
	router: OwnRouter;
	log: Pick<Log, 'write'>;
	/** Whether nobody else orders the traffic, as far as is known: a promotion does. Asked before each order. */
	mayOrder(): Promise<boolean>;
	/** Who serves in this one's place; empty: nobody yet. */
	successors(): Promise<Upstream[]>;
}

/** What still comes to an instance that serves no more waits for whoever does, and goes on to that one. */
export class PassingOn {
	readonly #parts: PassingOnParts;
	readonly #times: typeof usual;
	/** The hold is this one's. */
	#holds = false;
	#isGone = () => false;
	#passing: Promise<void> | null = null;

	constructor(parts: PassingOnParts, times = usual) {
		this.#parts = parts;
		this.#times = times;
	}

	/** Resolves when it is passed on, or when the instance serves again. @param isGone whether it serves no more, and this is to go on */
	passOn(isGone: () => boolean): Promise<void> {
		this.#isGone = isGone;
		this.#passing ??= this.#untilPassedOn().finally(() => {
			this.#passing = null;
		});
		return this.#passing;
	}

	/** It is about to end: nothing new comes to it, and what is inside has so long to come to its end. */
	async hold(maxMs: number): Promise<void> {
		const { router, mayOrder, log } = this.#parts;
		try {
			if (!(await mayOrder())) return;
			await router.hold(HOLD);
			this.#holds = true;
			const inFlight = async () => Object.values((await router.status())?.inFlight ?? {}).reduce((sum, count) => sum + count, 0);
			for (const end = performance.now() + maxMs; (await inFlight()) > 0 && performance.now() < end; ) await sleep(20);
		} catch (error) {
			log.write('what comes here is not held', { error: String(error) });
		}
	}

	/** The instance serves again: its gateway sends to it what comes there. */
	async receive(): Promise<void> {
		await this.#passing;
		try {
			await this.#parts.router.receive(this.#holds);
			this.#holds = false;
		} catch (error) {
			this.#parts.log.write('the gateway does not send here what comes to it', { error: String(error) });
		}
	}

	async #untilPassedOn(): Promise<void> {
		const faults = new FaultLog(this.#parts.log, 'what still comes here is not passed on; trying again');
		for (let waitMs = this.#times.leastMs; this.#isGone(); waitMs = Math.min(waitMs * 1.5, this.#times.mostMs)) {
			try {
				if (await this.#order()) return;
			} catch (error) {
				faults.failed(error);
			}
			await sleep(waitMs, undefined, { ref: false });
		}
	}

	/** @returns whether it is passed on */
	async #order(): Promise<boolean> {
		const { router, mayOrder, successors } = this.#parts;
		const upstreams = await successors();
		// Last of all, as in `Traffic`: an order that was decided on before a promotion began must not undo what that orders.
		if (!(await mayOrder()) || !this.#isGone()) return false;
		if (upstreams.length > 0) {
			await router.route(upstreams);
			this.#holds = false;
			return true;
		}
		if (!this.#holds) await router.hold(HOLD);
		this.#holds = true;
		return false;
	}
}
