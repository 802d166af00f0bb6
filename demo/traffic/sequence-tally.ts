/** What became of numbered messages. */
export interface SequenceCounts {
	published: number;
	/** Different ones that came out. */
	received: number;
	/** Published, and not out (yet). */
	lost: number;
	/** Copies beyond the first. */
	duplicated: number;
	/** Between two outputs; also from the first message to the first output, and since the last output while some are missing. */
	longestSilenceMs: number;
}

/** Counts numbered messages at both ends of a flow: exactly, since every message has a number of its own. Reads no clock. */
export class SequenceTally {
	readonly #published = new Set<number>();
	readonly #received = new Set<number>();
	#duplicated = 0;
	#longestSilenceMs = 0;
	#lastSoundMs: number | undefined;

	/** A message was handed over. It may come out before its sender knows that it was accepted. */
	publish(seq: number, atMs: number): void {
		this.#published.add(seq);
		this.#lastSoundMs ??= atMs;
	}

	/** The broker did not take it: what never went in cannot be lost. */
	withdraw(seq: number): void {
		this.#published.delete(seq);
	}

	receive(seq: number, atMs: number): void {
		this.#endSilence(atMs);
		if (this.#received.has(seq)) this.#duplicated++;
		else this.#received.add(seq);
	}

	get outstanding(): number {
		let missing = 0;
		for (const seq of this.#published) if (!this.#received.has(seq)) missing++;
		return missing;
	}

	read(nowMs: number): SequenceCounts {
		const lost = this.outstanding;
		const open = lost > 0 && this.#lastSoundMs !== undefined ? nowMs - this.#lastSoundMs : 0;
		return {
			published: this.#published.size,
			received: this.#published.size - lost,
			lost,
			duplicated: this.#duplicated,
			longestSilenceMs: Math.round(Math.max(this.#longestSilenceMs, open)),
		};
	}

	#endSilence(atMs: number): void {
		if (this.#lastSoundMs !== undefined) this.#longestSilenceMs = Math.max(this.#longestSilenceMs, atMs - this.#lastSoundMs);
		this.#lastSoundMs = atMs;
	}
}
