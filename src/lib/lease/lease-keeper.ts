import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { LeaseGrant, LeaseRefusal, LeaseStore, LeaseTiming } from './lease.ts';
import { assertLeaseTiming, deadlineOf } from './timing.ts';

/** After a renewal that the store did not answer, the next comes so many times sooner: somebody may have kept it for a moment. */
const SOONER = 10;
/** Between two looks at somebody else's lease. */
const POLL_MS = 50;

export interface LeaseKeeperEvents {
	/**
	 * The lease stands, with this fencing token; the flows may run until this moment of the monotonic clock.
	 * @param wallOffsetMs how far the wall clock was ahead of that one when the lease was asked for
	 */
	extended(untilMs: number, token: number, wallOffsetMs: number): void;
	/** It could not be renewed in time, or went to somebody else: the flows must end now. */
	lost(reason: string, token: number): void;
}

/** Holds one seat's lease: renews it, and reports its loss before it ends. */
export class LeaseKeeper {
	readonly #store: LeaseStore;
	readonly #clock: Pick<MonotonicClock, 'nowMs'>;
	readonly #seat: string;
	readonly #holder: string;
	readonly #timing: LeaseTiming;
	readonly #events: LeaseKeeperEvents;
	readonly #confirm: (() => Promise<boolean>) | null;
	/** The store's record of the lease may have ended meanwhile. */
	#isConfirmed = false;
	/** Of the latest attempt to renew. */
	#fault: string | null = null;
	#token: number | null = null;
	#untilMs = 0;
	#wallOffsetMs = 0;
	#timer: NodeJS.Timeout | undefined;
	#deadline: NodeJS.Timeout | undefined;

	constructor(options: {
		store: LeaseStore;
		clock: Pick<MonotonicClock, 'nowMs'>;
		seat: string;
		holder: string;
		timing: LeaseTiming;
		events: LeaseKeeperEvents;
		/** Asked while the store does not answer: whether everybody who could take the seat leaves it to this holder for a ttl. */
		confirm?: () => Promise<boolean>;
	}) {
		assertLeaseTiming(options.timing);
		this.#store = options.store;
		this.#clock = options.clock;
		this.#seat = options.seat;
		this.#holder = options.holder;
		this.#timing = options.timing;
		this.#events = options.events;
		this.#confirm = options.confirm ?? null;
	}

	/** The fencing token of the lease held; null where none is. */
	get token(): number | null {
		return this.#token;
	}

	/**
	 * Whether the lease stands at this very moment. Asks the clock: a process that was frozen gets to other things before
	 * the timer that tells it of the loss.
	 */
	get held(): boolean {
		return this.#token !== null && this.#clock.nowMs() < this.#untilMs;
	}

	/** Takes the seat (or what was handed over to this holder) and keeps it. Null where it was granted. */
	async acquire(): Promise<LeaseRefusal | null> {
		const asked = this.#readClocks();
		const answer = await this.#store.acquire(this.#seat, this.#holder, this.#timing.ttlMs);
		if (!answer.granted) return answer;
		this.#token = answer.token;
		this.#fault = null;
		this.#extend(asked, answer.token);
		this.#schedule();
		return null;
	}

	/**
	 * The same, but waits for the end of a lease that nobody renews: its holder is gone.
	 * @param waitMs at most so long; a lease's ttl is enough for every dead holder
	 * @returns the refusal where the holder renews, and so lives, or where the time is over
	 */
	async acquireFromTheDead(waitMs = Number.POSITIVE_INFINITY): Promise<LeaseRefusal | null> {
		const deadline = performance.now() + waitMs;
		let remainingBefore = Number.POSITIVE_INFINITY;
		for (;;) {
			const refusal = await this.acquire();
			if (!refusal) return null;
			const remaining = refusal.remainingMs ?? 0;
			if (remaining > remainingBefore || performance.now() > deadline) return refusal;
			remainingBefore = remaining;
			await sleep(POLL_MS);
		}
	}

	/** Tells the current deadline again, for a Node-RED that was started anew. */
	announce(): void {
		if (this.#token !== null) this.#events.extended(this.#untilMs, this.#token, this.#wallOffsetMs);
	}

	/** Passes the lease on where a successor is named, else frees it. No effect where none is held. */
	async giveUp(handOverTo: string | null): Promise<void> {
		const token = this.#forget();
		if (token === null) return;
		if (handOverTo) await this.#store.handOver(this.#seat, this.#holder, token, handOverTo, this.#timing.ttlMs);
		else await this.#store.release(this.#seat, this.#holder, token);
	}

	#forget(): number | null {
		clearTimeout(this.#timer);
		clearTimeout(this.#deadline);
		const token = this.#token;
		this.#token = null;
		return token;
	}

	#schedule(ms = this.#timing.retryMs): void {
		this.#timer = setTimeout(() => void this.#renew(), ms);
	}

	async #renew(): Promise<void> {
		const token = this.#token;
		if (token === null) return;
		const asked = this.#readClocks();
		try {
			const answer = await this.#renewIn(token);
			if (this.#token !== token) return; // given up meanwhile
			if (!answer.granted) return this.#lose(answer.heldBy ? `${answer.heldBy} holds it` : 'it had ended');
			this.#token = answer.token;
			this.#isConfirmed = false;
			this.#fault = null;
			this.#extend(asked, answer.token);
		} catch (error) {
			if (this.#token !== token) return;
			if (await this.#goesOnWithoutStore(token)) return this.#schedule();
			if (this.#token !== token) return;
			// There is time to try again, unless the next attempt would come after the renew deadline.
			const againMs = this.#timing.retryMs / SOONER;
			this.#fault = `the lease store does not answer: ${String(error)}`;
			if (this.#clock.nowMs() + againMs >= this.#untilMs) return this.#lose(this.#fault);
			return this.#schedule(againMs);
		}
		this.#schedule();
	}

	/** A lease that ended in the store while everybody left the seat to this holder is taken anew, unless somebody has it. */
	async #renewIn(token: number): Promise<LeaseGrant | LeaseRefusal> {
		const answer = await this.#store.renew(this.#seat, this.#holder, token, this.#timing.ttlMs);
		if (answer.granted || answer.heldBy || !this.#isConfirmed) return answer;
		return await this.#store.acquire(this.#seat, this.#holder, this.#timing.ttlMs);
	}

	async #goesOnWithoutStore(token: number): Promise<boolean> {
		if (!this.#confirm) return false;
		const asked = this.#readClocks();
		if (!(await this.#confirm()) || this.#token !== token || !this.held) return false;
		this.#isConfirmed = true;
		this.#extend(asked, token);
		return true;
	}

	#readClocks(): { nowMs: number; wallOffsetMs: number } {
		const nowMs = this.#clock.nowMs();
		return { nowMs, wallOffsetMs: Date.now() - nowMs };
	}

	/** @param asked the clocks before the store was asked */
	#extend({ nowMs, wallOffsetMs }: { nowMs: number; wallOffsetMs: number }, token: number): void {
		this.#untilMs = deadlineOf(nowMs, this.#timing);
		this.#wallOffsetMs = wallOffsetMs;
		clearTimeout(this.#deadline);
		// Also where a renewal is under way and does not come back.
		this.#deadline = setTimeout(
			() => this.#lose(this.#fault ?? 'it was not renewed in time'),
			Math.max(0, this.#untilMs - this.#clock.nowMs()),
		);
		this.#events.extended(this.#untilMs, token, this.#wallOffsetMs);
	}

	#lose(reason: string): void {
		const token = this.#forget();
		if (token !== null) this.#events.lost(reason, token);
	}
}
