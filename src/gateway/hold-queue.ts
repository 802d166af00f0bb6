/** Where somebody stands in the line, and for how long. */
export interface Place {
	/** By arrival: a lower one goes before a higher one. */
	number: number;
	/** How long the item waits at most. */
	maxMs: number;
}

/**
 * What waits, in the order in which it came. Each item has a deadline of its own, so a long hold refuses the first
 * comers in time and still keeps the later ones.
 */
export class HoldQueue<T> {
	readonly #expired: (item: T) => void;
	/** A Map keeps the order of insertion, and drops from the middle at no cost. */
	#waiting = new Map<T, { number: number; deadline: NodeJS.Timeout }>();
	/** The highest that is or was in the queue since it was empty. */
	#last = Number.NEGATIVE_INFINITY;

	/** `expired` is told of each item whose deadline passed; it has left the queue by then. */
	constructor(expired: (item: T) => void) {
		this.#expired = expired;
	}

	get size(): number {
		return this.#waiting.size;
	}

	/** At the end, or, for one that came earlier and was on its way meanwhile, before those who came after it. */
	add(item: T, { number, maxMs }: Place): void {
		if (this.size === 0) this.#last = Number.NEGATIVE_INFINITY;
		this.#waiting.set(item, { number, deadline: this.#deadline(item, maxMs) });
		if (number < this.#last) this.#waiting = new Map([...this.#waiting].sort(([, one], [, other]) => one.number - other.number));
		else this.#last = number;
	}

	/** Takes an item out, wherever it stands; false where it was not waiting. */
	drop(item: T): boolean {
		clearTimeout(this.#waiting.get(item)?.deadline);
		return this.#waiting.delete(item);
	}

	/** The item that has waited longest; it stays. */
	first(): T | undefined {
		const [item] = this.#waiting.keys();
		return item;
	}

	/** Each item waits for so long from now on. */
	renew(maxMs: number): void {
		for (const [item, place] of this.#waiting) {
			clearTimeout(place.deadline);
			place.deadline = this.#deadline(item, maxMs);
		}
	}

	/** Takes out everything, in order. */
	empty(): T[] {
		const items = [...this.#waiting.keys()];
		for (const item of items) this.drop(item);
		return items;
	}

	#deadline(item: T, maxMs: number): NodeJS.Timeout {
		return setTimeout(() => {
			this.#waiting.delete(item);
			this.#expired(item);
		}, maxMs);
	}
}
