import { Silence } from './silence.ts';

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
	readonly #silence = new Silence();
	#duplicated = 0;

	/** A message was handed over. It may come out before its sender knows that it was accepted. */
	publish(seq: number, atMs: number): void {
		this.#published.add(seq);
		this.#silence.begin(atMs);
	}

	/** The broker did not take it: what never went in cannot be lost. */
	withdraw(seq: number): void {
		this.#published.delete(seq);
	}

	receive(seq: number, atMs: number): void {
		this.#silence.sound(atMs);
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
		return {
			published: this.#published.size,
			received: this.#published.size - lost,
			lost,
			duplicated: this.#duplicated,
			longestSilenceMs: Math.round(this.#silence.longestMs(lost > 0 ? nowMs : undefined)),
		};
	}
}
