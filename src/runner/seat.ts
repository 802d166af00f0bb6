import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { hasGivenWay } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { whoHas } from '../lib/lease/holder.ts';
import type { LeaseRefusal, LeaseStore } from '../lib/lease/lease.ts';
import { LeaseKeeper } from '../lib/lease/lease-keeper.ts';
import { slotOf } from '../lib/promotion/journal.ts';
import type { RunnerConfig } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';
import type { Ending, RoleBook } from './role-book.ts';
import type { RoleHook } from './role-hook.ts';
import type { SelfFailover } from './self-failover.ts';
import type { Predecessor } from './spare-watch.ts';
import { fromStore } from './store-silent.ts';

export interface SeatParts {
	leases: LeaseStore;
	failover: FailoverStore;
	clock: MonotonicClock;
	log: Pick<Log, 'write'>;
	roles: Pick<RoleHook, 'roleChanged'>;
	book: RoleBook;
	/** Null where the instance does nothing by itself. */
	self: SelfFailover | null;
	/** Who this runner is to the lease store. */
	holder: string;
	events: {
		/** See `LeaseKeeper`. */
		extended(untilMs: number, token: number, wallOffsetMs: number): void;
		/** The lease is gone: whatever runs under it must end at once. */
		lost(ending: Ending): void;
	};
}

/**
 * An instance's right to run the flows: the lease of its seat, and what the instance is to do with it when its Node-RED ends.
 * Every tenure begins and ends here, and is written down in the history.
 */
export class Seat {
	readonly #config: Pick<RunnerConfig, 'instance'>;
	readonly #parts: Omit<SeatParts, 'leases' | 'holder' | 'events'>;
	readonly #lease: LeaseKeeper;
	/** How the flows ended while the seat was held, and when: they may go on under the same lease, or get it back. */
	#ended: (Ending & { atMs: number }) | null = null;
	/** The sources were closed for a hand-over: after a crash, the flows do not start again by themselves. */
	#handingOver = false;
	/** It ran the flows, and nobody has told it to stop since: it may take a lease that it lost, if that is still free. */
	#isToRun = false;

	constructor(config: RunnerConfig, { leases, holder, events, ...parts }: SeatParts) {
		this.#config = config;
		this.#parts = parts;
		const confirm = parts.self?.confirmer(holder, config.leaseTiming.ttlMs);
		this.#lease = new LeaseKeeper({
			...{ store: leases, clock: parts.clock, seat: config.seat, holder, timing: config.leaseTiming },
			...(confirm && { confirm }),
			events: {
				extended: events.extended,
				lost: (reason, token) => {
					const ending: Ending = { cause: 'lease lost', detail: reason };
					events.lost(ending);
					this.#endedNow(ending);
					void parts.book.ended(token, ending);
					parts.self?.leaveTraffic();
				},
			},
		});
	}

	/** The fencing token of the lease; null where the seat is not held. */
	get token(): number | null {
		return this.#lease.token;
	}

	/** Its sources are closed, or were when its Node-RED ended, and no tenure has begun since. */
	get handingOver(): boolean {
		return this.#handingOver;
	}

	/**
	 * Takes the seat, and waits for the end of a lease that nobody renews.
	 * @param deadline by the clock of `performance`
	 * @returns who has it; null: this instance
	 */
	async take(deadline: number): Promise<string | null> {
		await sleep(this.#parts.self?.restMs ?? 0);
		const holder = await this.#seek(() => this.#lease.acquireFromTheDead(deadline - performance.now()));
		if (!holder) this.#begin();
		return holder;
	}

	/** Takes the seat where nobody has it, and this instance need not leave it to another. @throws StoreSilent */
	async takeIfFree(): Promise<boolean> {
		if (this.#parts.self?.restMs || (await this.#seekFromStore())) return false;
		this.#begin();
		return true;
	}

	#begin(): void {
		this.#handingOver = false;
		this.#ended = null;
	}

	/** Its flows run, as somebody told it. */
	activated(): void {
		this.#isToRun = true;
		if (this.token !== null) this.#parts.book.activated(this.token);
	}

	/** Its flows run, by its own decision. */
	tookOver(predecessor: Predecessor | null): void {
		this.#isToRun = true;
		if (this.token !== null) this.#parts.book.tookOver(this.token, predecessor);
	}

	/** Its flows run again. */
	wentOn(): void {
		this.#isToRun = true;
		if (this.token !== null && this.#ended) this.#parts.book.wentOn(this.token, this.#ended);
		this.#ended = null;
	}

	/** From now on whoever moves the seat decides. */
	beginHandOver(): void {
		this.#handingOver = true;
	}

	/** Told to stop: it does not seek the seat again by itself. */
	withdraw(): void {
		this.#isToRun = false;
	}

	/**
	 * Whether a Node-RED that has just come up is to run the flows: it ended while they ran, and the lease is held still or again.
	 * @param standsBy asked after a wait: whether it is still to be done
	 * @throws StoreSilent
	 */
	async mayGoOn(standsBy: () => boolean): Promise<boolean> {
		if (this.#handingOver || !standsBy()) return false;
		return this.token !== null || (await this.#getsBack(standsBy));
	}

	/** Tells the lease's deadline again, for a Node-RED that was started anew. */
	announce(): void {
		this.#lease.announce();
	}

	/** After a stall (of the disk, or of this process) the seat is often free still: then it is not left empty. @throws StoreSilent */
	async #getsBack(standsBy: () => boolean): Promise<boolean> {
		if (!this.#isToRun) return false;
		const intent = await fromStore(() => this.#parts.failover.intent());
		if (hasGivenWay(slotOf(this.#config.instance), intent)) {
			this.#forget();
			return false;
		}
		// Then its own watch takes it, or a spare that is nearer to going on.
		if (this.#parts.self && !(await this.whyKeep())) {
			this.#isToRun = false;
			return false;
		}
		const heldBy = await this.#seekFromStore();
		if (!heldBy) {
			// Told to resign or to stop while it asked.
			if (this.#isToRun && standsBy()) return true;
			await fromStore(() => this.#lease.giveUp(null));
			return false;
		}
		this.#parts.log.write('somebody else has the seat', { heldBy });
		this.#forget();
		return false;
	}

	/** A spare may go on: then the seat is free at once, with no time to wait for. Else the flows start again here, under the same lease. */
	async keepOrLetGo(ending: Ending): Promise<void> {
		const token = this.token;
		if (token === null) return;
		const because = await this.whyKeep();
		if (!because) return await this.letGo(ending);
		this.#parts.log.write('it keeps the seat', { because });
		this.#parts.roles.roleChanged('standby', `${ending.cause}: ${ending.detail}`, token);
		this.#endedNow(ending);
	}

	/** A spare that could not go on when Node-RED ended may do so in a moment: when failover is no longer paused. */
	async letGoIfSpareMay(ending: Ending): Promise<void> {
		if (this.token !== null && !(await this.whyKeep())) await this.letGo(ending);
	}

	/** Frees the seat; a store that does not answer frees it when the lease ends. */
	async letGo(ending: Ending): Promise<void> {
		const token = this.token;
		if (token === null) return;
		this.#forget();
		await this.#parts.book.ended(token, ending);
		await this.#lease
			.giveUp(null)
			.catch((error) => this.#parts.log.write('the lease was not given up; it ends by itself', { error: String(error) }));
		this.#parts.self?.leaveTraffic();
	}

	/** It ends for good. @returns whether it had the seat until now */
	async end(ending: Ending): Promise<boolean> {
		const token = this.token;
		if (token !== null) await this.#parts.book.ended(token, ending);
		await this.#lease.giveUp(null);
		return token !== null;
	}

	/** Passes the seat on, or frees it. Call it when its flows no longer run. @param handOverTo its holder to be */
	async giveUp(handOverTo: string | null): Promise<void> {
		await this.#lease.giveUp(handOverTo);
		this.#parts.self?.leaveTraffic();
	}

	/** Why it is kept although its Node-RED has ended, or is about to; null where a spare may go on. */
	async whyKeep(): Promise<string | null> {
		if (!this.#parts.self) return 'it has no spare';
		return this.#handingOver ? 'a promotion moves it' : await this.#parts.self.whyKeepSeat();
	}

	/** Leaves the seat to another instance for a while, unless it has it itself. */
	confirm(holder: string, forMs: number): boolean {
		return this.token === null && (this.#parts.self?.promise(holder, forMs) ?? false);
	}

	#endedNow(ending: Ending): void {
		this.#ended = { ...ending, atMs: this.#parts.clock.nowMs() };
	}

	#forget(): void {
		this.#isToRun = false;
		this.#ended = null;
	}

	/** @throws StoreSilent */
	#seekFromStore(): Promise<string | null> {
		return fromStore(() => this.#seek(() => this.#lease.acquire()));
	}

	/** @returns who has the seat; null: this instance has taken it */
	async #seek(acquire: () => Promise<LeaseRefusal | null>): Promise<string | null> {
		return this.#parts.self ? await this.#parts.self.seek(acquire) : whoHas(await acquire());
	}
}
