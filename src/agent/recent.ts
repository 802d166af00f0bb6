import type { Activity } from './protocol.ts';

/** How far back it looks. */
const WINDOW_MS = 300_000;
/** What is that old leaves by so much at a time. */
const BUCKET_MS = 5_000;

interface Bucket {
	atMs: number;
	/** Since the flows' start, at that moment. */
	received: number;
	errors: number;
	/** The longest time without a message that ended in this bucket. */
	silenceMs: number;
}

/**
 * What the flows did in the last minutes. It is told the counts now and then, by the heartbeat, so that a message costs
 * nothing more than it did.
 */
export class Recent {
	#buckets: Bucket[];
	#received = 0;
	#grewAtMs: number;

	/** @param nowMs when the flows start; a monotonic clock, as in `take` */
	constructor(nowMs: number) {
		this.#buckets = [{ atMs: nowMs, received: 0, errors: 0, silenceMs: 0 }];
		this.#grewAtMs = nowMs;
	}

	/** @param counts since the flows' start */
	take(nowMs: number, counts: { received: number; errors: number }): Activity & { silentMs: number } {
		let last = this.#buckets.at(-1) as Bucket;
		if (nowMs - last.atMs >= BUCKET_MS) {
			last = { atMs: nowMs, ...counts, silenceMs: 0 };
			this.#buckets.push(last);
			// The oldest is where the window begins; what came before it is not counted.
			while (this.#buckets.length > 1 && nowMs - (this.#buckets[1] as Bucket).atMs >= WINDOW_MS) this.#buckets.shift();
		}
		const silentMs = nowMs - this.#grewAtMs;
		if (counts.received > this.#received) {
			last.silenceMs = Math.max(last.silenceMs, silentMs);
			this.#received = counts.received;
			this.#grewAtMs = nowMs;
		}
		const oldest = this.#buckets[0] as Bucket;
		return {
			spanMs: nowMs - oldest.atMs,
			received: counts.received - oldest.received,
			errors: counts.errors - oldest.errors,
			longestSilenceMs: Math.max(silentMs, ...this.#buckets.map(({ silenceMs }) => silenceMs)),
			silentMs: nowMs - this.#grewAtMs,
		};
	}
}
