import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { decideAsSpare } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import type { LeaseStore, LeaseTiming } from '../lib/lease/lease.ts';
import type { SlotName } from '../lib/promotion/journal.ts';
import { FaultLog } from './fault-log.ts';
import type { Log } from './log.ts';
import { StoreSilent } from './store-silent.ts';

/** Between two looks at the seat: one row is read from memory that the processes share. */
const POLL_MS = 25;
/** After an attempt that failed, so that another spare gets its turn; doubled up to the second with each failure in a row. */
const RETRY_MS = [500, 10_000] as const;

/** Who had the seat last, as far as this spare has seen. */
export interface Predecessor {
	holder: string;
	token: number;
	/** When it last renewed its lease, on the host's monotonic clock. */
	lastSignMs: number;
}

export interface SpareWatchParts {
	slot: SlotName;
	seat: string;
	timing: LeaseTiming;
	leases: LeaseStore;
	failover: FailoverStore;
	clock: MonotonicClock;
	log: Log;
	/** Whether this instance could become active now. */
	standsBy(): boolean;
	/** For how long a free seat is left to other spares first. */
	leavesMs(): number;
	/** Takes the seat, unless another one was faster, and runs the flows. @throws StoreSilent */
	takeOver(predecessor: Predecessor | null): Promise<void>;
}

/** Watches the seat while its instance stands by, and has it take over when the seat is free and nothing speaks against it. */
export class SpareWatch {
	readonly #parts: SpareWatchParts;
	#predecessor: Predecessor | null = null;
	/** Since when the seat has been free. */
	#freeMs: number | null = null;
	#failures = 0;
	readonly #faults: FaultLog;

	constructor(parts: SpareWatchParts) {
		this.#parts = parts;
		this.#faults = new FaultLog(parts.log, 'cannot watch the seat, or take it');
	}

	/** Goes on until the process ends, which it does not keep from ending. */
	async run(): Promise<never> {
		for (;;) {
			await sleep(POLL_MS, undefined, { ref: false });
			if (!this.#parts.standsBy()) continue;
			try {
				await this.#look();
				this.#failures = 0;
				this.#faults.succeeded();
			} catch (error) {
				this.#faults.failed(error);
				// Only from its answer on can it be told for how long the seat has been free.
				this.#freeMs = null;
				// No reason to leave the next turn to another spare.
				if (error instanceof StoreSilent) continue;
				await sleep(Math.min(RETRY_MS[0] * 2 ** this.#failures++, RETRY_MS[1]), undefined, { ref: false });
			}
		}
	}

	async #look(): Promise<void> {
		const { leases, seat: name, clock, timing, slot, failover } = this.#parts;
		const seat = (await leases.list()).find((record) => record.seat === name) ?? null;
		if (seat) this.#freeMs = null;
		else this.#freeMs ??= clock.nowMs();
		if (seat) this.#predecessor = { ...seat, lastSignMs: clock.nowMs() + seat.remainingMs - timing.ttlMs };
		else if (clock.nowMs() - (this.#freeMs ?? 0) < this.#parts.leavesMs()) return;
		// What is wanted costs more to read, and does not matter while somebody is active.
		else if (decideAsSpare(slot, seat, await failover.intent()).do === 'take over') await this.#parts.takeOver(this.#predecessor);
	}
}
