/** Before Node-RED is started again after a crash; doubled up to the second with each crash in a row. */
const BACKOFF_MS = [250, 10_000] as const;
/** A Node-RED that stood or ran for so long had recovered: its next crash is a first one. */
const RECOVERED_MS = 60_000;
/** More crashes in a row than this: it does not come up by itself. */
const BEARABLE = 3;

/** How a Node-RED that has ended is started again. */
export interface Restart {
	state: 'starting' | 'failed';
	delayMs: number;
	/** Where it is a boot loop from now on: how often it has ended in a row; else null. */
	bootLoop: number | null;
}

/** Whoever ended it wants it back. */
export const onRequest: Restart = { state: 'starting', delayMs: 0, bootLoop: null };

/** How often a Node-RED has ended without being asked to, and what follows from it. */
export class Restarts {
	#crashes = 0;
	#inARow = 0;

	/** Since the runner's start. */
	get crashes(): number {
		return this.#crashes;
	}

	/** @param upMs how long it had been up; null where it never was */
	count(upMs: number | null): Restart {
		this.#crashes++;
		this.#inARow = upMs !== null && upMs > RECOVERED_MS ? 1 : this.#inARow + 1;
		return {
			state: this.#inARow > BEARABLE ? 'failed' : 'starting',
			delayMs: Math.min(BACKOFF_MS[0] * 2 ** (this.#inARow - 1), BACKOFF_MS[1]),
			bootLoop: this.#inARow === BEARABLE + 1 ? this.#inARow : null,
		};
	}
}
