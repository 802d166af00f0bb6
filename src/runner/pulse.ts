/** Of a stretch in which the watcher itself did not run, no more than this many of its ticks count as silence. */
const COUNTED_TICKS = 2;

/**
 * Tells a Node-RED that hangs from a machine that stood still: where this process could not run either, the heartbeats that it
 * misses prove nothing.
 */
export class Pulse {
	readonly #tickMs: number;
	#beats = -1;
	#tickedAtMs: number | null = null;
	#silentMs = 0;

	/** @param tickMs between two ticks, as planned */
	constructor(tickMs: number) {
		this.#tickMs = tickMs;
	}

	/** Another process is watched from now on. */
	restart(): void {
		this.#beats = -1;
		this.#tickedAtMs = null;
		this.#silentMs = 0;
	}

	/**
	 * Called at each tick.
	 * @param beats heartbeats so far
	 * @returns for how long there has been none, in milliseconds
	 */
	tick(nowMs: number, beats: number): number {
		const elapsed = this.#tickedAtMs === null ? 0 : nowMs - this.#tickedAtMs;
		this.#tickedAtMs = nowMs;
		this.#silentMs = beats === this.#beats ? this.#silentMs + Math.min(elapsed, COUNTED_TICKS * this.#tickMs) : 0;
		this.#beats = beats;
		return this.#silentMs;
	}
}
