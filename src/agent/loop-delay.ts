import { monitorEventLoopDelay } from 'node:perf_hooks';

const WINDOW_MS = 1000;

/** The longest delay of the event loop in the last second, however often it is asked for. */
export class LoopDelay {
	readonly #histogram = monitorEventLoopDelay({ resolution: 10 });
	#taken: { atMs: number; maxMs: number }[] = [];

	constructor() {
		this.#histogram.enable();
	}

	/** In whole milliseconds. */
	take(nowMs: number): number {
		this.#taken = [
			...this.#taken.filter(({ atMs }) => nowMs - atMs < WINDOW_MS),
			{ atMs: nowMs, maxMs: Math.round(this.#histogram.max / 1e6) },
		];
		this.#histogram.reset();
		return Math.max(...this.#taken.map(({ maxMs }) => maxMs));
	}
}
