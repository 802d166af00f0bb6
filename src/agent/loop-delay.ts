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
		this.#delays = this.#delays.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
		this.#delays.push({ atMs: nowMs, delayMs: nowMs - this.#dueMs });
		this.#dueMs = nowMs + TICK_MS;
	}

	/** In whole milliseconds; a stall that has just ended counts, whether or not its tick has come since. */
	read(nowMs: number): number {
		const recent = this.#delays.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
		return Math.round(Math.max(0, nowMs - this.#dueMs, ...recent.map(({ delayMs }) => delayMs)));
	}
}
