/**
 * What waits, in the order in which it came. Each item has a deadline of its own, so a long hold refuses the first
 * comers in time and still keeps the later ones.
 */
export class HoldQueue<T> {
	readonly #expired: (item: T) => void;
	/** A Map keeps the order of insertion, and drops from the middle at no cost. */
	readonly #waiting = new Map<T, NodeJS.Timeout>();

	/** `expired` is told of each item whose deadline passed; it has left the queue by then. */
	constructor(expired: (item: T) => void) {
		this.#expired = expired;
	}

	get size(): number {
		return this.#waiting.size;
	}

	add(item: T, maxMs: number): void {
		const deadline = setTimeout(() => {
			this.#waiting.delete(item);
			this.#expired(item);
		}, maxMs);
		this.#waiting.set(item, deadline);
	}

	/** Takes an item out, wherever it stands; false where it was not waiting. */
	drop(item: T): boolean {
		clearTimeout(this.#waiting.get(item));
		return this.#waiting.delete(item);
	}

	/** Takes out the item that has waited longest. */
	next(): T | undefined {
		const [item] = this.#waiting.keys();
		if (item !== undefined) this.drop(item);
		return item;
	}

	/** Takes out everything, in order. */
	empty(): T[] {
		const items = [...this.#waiting.keys()];
		for (const item of items) this.drop(item);
		return items;
	}
}
