import type { HoldLimits, StoredTraffic, Traffic, Upstream } from '../lib/routers/router.ts';
import { orderForTurn } from './balance.ts';
import { HoldQueue } from './hold-queue.ts';
import type { Tally } from './tally.ts';
import type { Visitor } from './visitor.ts';

/** Between two looks whether an instance accepts connections again. */
const retryMs = 50;

/** Decides for each visitor: passed on, waiting, or refused. */
export class TrafficSwitch {
	readonly #tally: Tally;
	/** For those who meet nobody that accepts a connection: an instance that died is followed by another one soon. */
	readonly #takeover: HoldLimits;
	readonly #queue = new HoldQueue<Visitor>((visitor) => visitor.refuse(this.#stalled ? 'unreachable' : 'waited-too-long'));
	#traffic: StoredTraffic;
	#arrivals = 0;
	#turn = 0;
	#releasing = false;
	/** The first of the queue found nobody that accepts; it tries again, and the others wait behind it. */
	#stalled = false;
	/** Ends the pause between two tries. */
	#wake = () => {};
	/** Of the last hold: those that came during its release wait no longer than that. */
	#maxMs: number;

	constructor(traffic: StoredTraffic, tally: Tally, takeover: HoldLimits) {
		this.#traffic = traffic;
		this.#tally = tally;
		this.#takeover = takeover;
		this.#maxMs = traffic.state === 'held' ? traffic.limits.maxMs : takeover.maxMs;
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

	/** In a hold, during its release, or for an instance that accepts. */
	get waiting(): number {
		return this.#queue.size;
	}

	get upstreams(): Upstream[] {
		return this.#traffic.state === 'closed' ? [] : this.#traffic.upstreams;
	}

	/**
	 * A hold that already stands keeps its beginning; new limits are for those who come from now on, and for those who wait
	 * for an instance: the hold takes them over.
	 */
	hold(limits: HoldLimits): void {
		const since = this.#traffic.state === 'held' ? this.#traffic.since : new Date().toISOString();
		if (this.#stalled) this.#queue.renew(limits.maxMs);
		this.#order({ state: 'held', since, limits, upstreams: this.upstreams });
		this.#stalled = false;
		this.#maxMs = limits.maxMs;
	}

	/** Clients are to come to the upstreams by themselves. */
	get hasMoved(): boolean {
		return this.#traffic.state === 'flowing' && this.#traffic.moved === true;
	}

	flow(upstreams: Upstream[], moved = false): void {
		this.#order({ state: 'flowing', upstreams, ...(moved ? { moved } : {}) });
		void this.#release();
	}

	close(): void {
		this.#order({ state: 'closed' });
		for (const visitor of this.#queue.empty()) visitor.refuse('closed');
	}

	/** For the gateway's end: nobody is left waiting. */
	stop(): void {
		this.#order({ state: 'closed' });
		for (const visitor of this.#queue.empty()) visitor.refuse('stopping');
	}

	admit(visitor: Visitor): void {
		const number = this.#arrivals++;
		if (this.#traffic.state !== 'flowing' || this.#stalled) this.#makeWait(visitor, number);
		// During a release, newcomers go to the end of the queue, or they would overtake those who waited.
		else if (this.#releasing) this.#queue.add(visitor, { number, maxMs: this.#maxMs });
		else void this.#send(visitor, number, this.#traffic.upstreams);
	}

	/** A visitor that left by itself. */
	leave(visitor: Visitor): void {
		this.#queue.drop(visitor);
	}

	#order(traffic: StoredTraffic): void {
		this.#traffic = traffic;
		this.#wake();
	}

	async #send(visitor: Visitor, number: number, upstreams: Upstream[]): Promise<void> {
		if ((await visitor.pass(orderForTurn(upstreams, this.#turn++))) === 'done') return;
		// By now, the traffic may have been ordered elsewhere.
		if (this.#traffic.state === 'flowing') this.#stalled = true;
		this.#makeWait(visitor, number);
		void this.#release();
	}

	/** In a hold, or for an instance that accepts. */
	#makeWait(visitor: Visitor, number: number): void {
		const { maxMs, maxRequests } = this.#traffic.state === 'held' ? this.#traffic.limits : this.#takeover;
		if (this.#traffic.state === 'closed') visitor.refuse('closed');
		else if (this.#queue.size >= maxRequests) visitor.refuse('queue-full');
		else {
			this.#tally.totals.held++;
			this.#queue.add(visitor, { number, maxMs });
		}
	}

	/**
	 * One after the other: the next goes when the one before is connected and sent. That keeps the order, and does not
	 * overrun the accept queue of an upstream that has just started. Where none accepts, the first one tries again, and
	 * nobody passes it. A new hold stops it where it is.
	 */
	async #release(): Promise<void> {
		if (this.#releasing) return;
		this.#releasing = true;
		for (;;) {
			const traffic = this.#traffic;
			// It stays at its place while it is tried: it may leave, and its time may pass.
			const visitor = this.#queue.first();
			if (traffic.state !== 'flowing' || visitor === undefined) break;
			const outcome = await visitor.pass(orderForTurn(traffic.upstreams, this.#turn++));
			if (outcome === 'done') this.#queue.drop(visitor);
			if (this.#traffic !== traffic) continue;
			this.#stalled = outcome === 'unreachable';
			if (this.#stalled) await this.#pause();
		}
		this.#stalled = false;
		this.#releasing = false;
	}

	#pause(): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, retryMs);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
}
