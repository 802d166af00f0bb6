/** How late a turn of the event loop may be and still count as running: on a busy machine many are a little late. */
const TOLERANCE_MS = 20;

/**
 * A clock that stands still while its own process does: in a stall of the meter nothing is published and nothing heard,
 * which is no silence of the flows'. Reads no clock itself.
 */
export class RunningClock {
	readonly #tickMs: number;
	#lastTickMs: number;
	#stalledMs = 0;
	#longestStallMs = 0;

	/** @param tickMs how often `tick` is to be called */
	constructor(tickMs: number, nowMs: number) {
		this.#tickMs = tickMs;
		this.#lastTickMs = nowMs;
	}

	/** The event loop has turned. */
	tick(nowMs: number): void {
		const late = this.#lateMs(nowMs);
		this.#stalledMs += Math.max(0, late - TOLERANCE_MS);
		this.#longestStallMs = Math.max(this.#longestStallMs, late);
		this.#lastTickMs = nowMs;
	}

	/** The time without stalls; never goes back. */
	at(nowMs: number): number {
		return nowMs - this.#stalledMs - Math.max(0, this.#lateMs(nowMs) - TOLERANCE_MS);
	}

	/** The latest that a turn came after its time. */
	get longestStallMs(): number {
		return this.#longestStallMs;
	}

	#lateMs(nowMs: number): number {
		return Math.max(0, nowMs - this.#lastTickMs - this.#tickMs);
	}
}
