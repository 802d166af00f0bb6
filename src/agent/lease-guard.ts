import type { LeaseMessage } from './protocol.ts';
import { monotonicMs, readNews } from './time.ts';

/**
 * Between two grants, so far may the wall clock move against the monotonic one: what NTP adjusts in a lease's time is a hundredth of
 * that. Further means that somebody set it, or that the machine slept or was moved, while the monotonic clock stood still.
 */
const JUMP_MS = 500;

export type Grant = Pick<LeaseMessage, 'leaseUntilMs' | 'wallOffsetMs'>;
export type Standing = 'stands' | 'ended' | 'jumped';

/**
 * Whether the flows may run. Without a lease they may: they are stopped then, or behind the gate.
 * @param monotonic the host's monotonic clock, in milliseconds
 * @param wall the wall clock, in milliseconds
 */
export function standingOf({ leaseUntilMs, wallOffsetMs }: Grant, monotonic: number, wall: number): Standing {
	if (leaseUntilMs === null) return 'stands';
	if (monotonic >= leaseUntilMs) return 'ended';
	return wallOffsetMs !== undefined && Math.abs(wall - monotonic - wallOffsetMs) > JUMP_MS ? 'jumped' : 'stands';
}

/** The runner renews the lease. Where it no longer does (it is frozen, or gone), this ends the process before the lease ends. */
export class LeaseGuard {
	readonly #end: () => void;
	readonly #clocks: { monotonicMs(): number; wallMs(): number };
	#grant: Grant = { leaseUntilMs: null };
	#timer: NodeJS.Timeout | undefined;
	#confirmation: Promise<void> | undefined;
	/** There is something new to look at. */
	#wake = () => {};

	/** @param end ends the process at once */
	constructor(end: () => void, clocks = { monotonicMs, wallMs: () => Date.now() }) {
		this.#end = end;
		this.#clocks = clocks;
	}

	/** A lease was granted, and has not ended. */
	get isHeld(): boolean {
		return this.#grant.leaseUntilMs !== null && this.#standing() !== 'ended';
	}

	take(grant: Grant): void {
		clearTimeout(this.#timer);
		this.#grant = grant;
		this.#wake();
		if (grant.leaseUntilMs === null) return;
		// An absolute moment: a message that was late, because its sender was frozen, extends nothing.
		this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, grant.leaseUntilMs - this.#clocks.monotonicMs()));
	}

	/**
	 * Asked before any node gets a message: a process that was frozen handles what has come in before its timers. Where the lease
	 * stands, nothing is to be waited for. A flow that only kept the event loop busy for long has the runner's news waiting: they are
	 * read before the process is ended. After a jump of the wall clock, messages wait for a grant that was asked for after it.
	 */
	confirm(): Promise<void> | undefined {
		if (this.#standing() === 'stands') return undefined;
		this.#confirmation ??= this.#settle().finally(() => {
			this.#confirmation = undefined;
		});
		return this.#confirmation;
	}

	/** A timer may fire a fraction of a millisecond early: then it is set again, since nothing else ends a lease that nobody renews. */
	#onTimer(): void {
		if (this.isHeld) this.take(this.#grant);
		else {
			void this.confirm();
			this.#wake();
		}
	}

	async #settle(): Promise<void> {
		let boundMs = Number.POSITIVE_INFINITY;
		for (;;) {
			await readNews();
			const standing = this.#standing();
			if (standing === 'stands') return;
			if (standing === 'ended' || this.#clocks.monotonicMs() >= boundMs) return this.#end();
			// The runner renews in a moment. Grants that do not fit in with the clocks put nothing off.
			boundMs = Math.min(boundMs, this.#grant.leaseUntilMs ?? 0);
			await this.#news(boundMs);
		}
	}

	/** @param untilMs waits no longer */
	async #news(untilMs: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
			timer = setTimeout(resolve, Math.max(0, untilMs - this.#clocks.monotonicMs()) + 1);
		});
		clearTimeout(timer);
	}

	#standing(): Standing {
		return standingOf(this.#grant, this.#clocks.monotonicMs(), this.#clocks.wallMs());
	}
}
