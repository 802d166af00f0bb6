import type { SequenceCounts } from '../../demo/traffic/sequence-tally.ts';
import { Silence } from '../../demo/traffic/silence.ts';

/**
 * What became of messages that are all the same: more out than in were doubled, fewer were lost. One that was lost and
 * another that was doubled in the same run cancel each other out; numbered messages are for that. Reads no clock.
 */
export class CountTally {
	readonly #silence = new Silence();
	#published = 0;
	#out = 0;

	publish(atMs: number): void {
		this.#published++;
		this.#silence.begin(atMs);
	}

	/** The broker did not take it. */
	withdraw(): void {
		this.#published--;
	}

	receive(atMs: number): void {
		this.#out++;
		this.#silence.sound(atMs);
	}

	get outstanding(): number {
		return Math.max(0, this.#published - this.#out);
	}

	read(nowMs: number): SequenceCounts {
		const lost = this.outstanding;
		return {
			published: this.#published,
			received: this.#published - lost,
			lost,
			duplicated: Math.max(0, this.#out - this.#published),
			longestSilenceMs: Math.round(this.#silence.longestMs(lost > 0 ? nowMs : undefined)),
		};
	}
}
