import type { HoldLimits, StoredTraffic, Traffic, Upstream } from '../lib/routers/router.ts';
import { orderForTurn } from './balance.ts';
import { HoldQueue } from './hold-queue.ts';
import type { Tally } from './tally.ts';
import type { Visitor } from './visitor.ts';

/** Decides for each visitor: passed on, waiting, or refused. */
export class TrafficSwitch {
	readonly #tally: Tally;
	readonly #queue = new HoldQueue<Visitor>((visitor) => visitor.refuse('waited-too-long'));
	#traffic: StoredTraffic;
	#turn = 0;
	#releasing = false;
	/** Of the last hold: those that came during its release wait no longer than that. */
	#maxMs = 0;

	constructor(traffic: StoredTraffic, tally: Tally) {
		this.#traffic = traffic;
		this.#tally = tally;
		if (traffic.state === 'held') this.#maxMs = traffic.limits.maxMs;
	}

	/** As ordered: what the state file keeps. */
	get stored(): StoredTraffic {
		return this.#traffic;
	}

	/** As it is now. */
	get traffic(): Traffic {
		if (this.#traffic.state !== 'held') return this.#traffic;
		const { since, upstreams } = this.#traffic;
		return { state: 'held', since, waiting: this.#queue.size, upstreams };
	}

	get upstreams(): Upstream[] {
		return this.#traffic.state === 'closed' ? [] : this.#traffic.upstreams;
	}

	/** A hold that already stands keeps its beginning; new limits are for those who come from now on. */
	hold(limits: HoldLimits): void {
		const since = this.#traffic.state === 'held' ? this.#traffic.since : new Date().toISOString();
		this.#traffic = { state: 'held', since, limits, upstreams: this.upstreams };
		this.#maxMs = limits.maxMs;
	}

	flow(upstreams: Upstream[]): void {
		this.#traffic = { state: 'flowing', upstreams };
		void this.#release();
	}

	close(): void {
		this.#traffic = { state: 'closed' };
		for (const visitor of this.#queue.empty()) visitor.refuse('closed');
	}

	/** For the gateway's end: nobody is left waiting. */
	stop(): void {
		this.#traffic = { state: 'closed' };
		for (const visitor of this.#queue.empty()) visitor.refuse('stopping');
	}

	admit(visitor: Visitor): void {
		const traffic = this.#traffic;
		if (traffic.state === 'closed') visitor.refuse('closed');
		else if (traffic.state === 'held') this.#makeWait(visitor, traffic.limits);
		// During a release, newcomers go to the end of the queue, or they would overtake those who waited.
		else if (this.#releasing) this.#queue.add(visitor, this.#maxMs);
		else void visitor.pass(orderForTurn(traffic.upstreams, this.#turn++));
	}

	/** A visitor that left by itself. */
	leave(visitor: Visitor): void {
		this.#queue.drop(visitor);
	}

	#makeWait(visitor: Visitor, limits: HoldLimits): void {
		if (this.#queue.size >= limits.maxRequests) {
			visitor.refuse('queue-full');
			return;
		}
		this.#tally.totals.held++;
		this.#queue.add(visitor, limits.maxMs);
	}

	/**
	 * One after the other: the next goes when the one before is connected and sent. That keeps the order, and does not
	 * overrun the accept queue of an upstream that has just started. A new hold stops it where it is.
	 */
	async #release(): Promise<void> {
		if (this.#releasing) return;
		this.#releasing = true;
		while (this.#traffic.state === 'flowing') {
			const visitor = this.#queue.next();
			if (visitor === undefined) break;
			await visitor.pass(orderForTurn(this.#traffic.upstreams, this.#turn++));
		}
		this.#releasing = false;
	}
}
