/** The longest time between two outputs. Reads no clock. */
export class Silence {
	#longestMs = 0;
	#lastSoundMs: number | undefined;

	/** From here on something should be heard; later calls change nothing. */
	begin(atMs: number): void {
		this.#lastSoundMs ??= atMs;
	}

	sound(atMs: number): void {
		this.#longestMs = this.longestMs(atMs);
		this.#lastSoundMs = atMs;
	}

	/** With the silence that lasts, where something is still waited for: give its end so far. */
	longestMs(nowMs?: number): number {
		const lasting = nowMs === undefined || this.#lastSoundMs === undefined ? 0 : nowMs - this.#lastSoundMs;
		return Math.max(this.#longestMs, lasting);
	}
}
