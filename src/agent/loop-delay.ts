const WINDOW_MS = 1000;
const TICK_MS = 20;

/**
 * The longest delay of the event loop in the last second, however often it is asked for.
 * Not by `monitorEventLoopDelay` of Node.js (24): each `reset()` has it forget its last tick, and a stall that begins before its next
 * one is never seen.
 */
export class LoopDelay {
	#dueMs: number;
	#delays: { atMs: number; delayMs: number }[] = [];

	constructor(nowMs: number) {
		this.#dueMs = nowMs + TICK_MS;
		setInterval(() => this.tick(performance.now()), TICK_MS).unref();
	}

	/** The event loop has turned. */
	tick(nowMs: number): void {
		this.#delays = [...this.#recent(nowMs), { atMs: nowMs, delayMs: nowMs - this.#dueMs }];
		this.#dueMs = nowMs + TICK_MS;
	}

	/** In whole milliseconds; a stall that has just ended counts, whether or not its tick has come since. */
	read(nowMs: number): number {
		return Math.round(Math.max(0, nowMs - this.#dueMs, ...this.#recent(nowMs).map(({ delayMs }) => delayMs)));
	}

	#recent(nowMs: number) {
		return this.#delays.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
	}
}
