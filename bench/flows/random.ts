/** A source of numbers that gives the same ones for the same seed (mulberry32). */
export interface Random {
	/** From 0 to below 1. */
	next(): number;
	/** A whole number from `low` to `high`, both included. */
	integer(low: number, high: number): number;
	chance(probability: number): boolean;
	pick<T>(items: readonly T[]): T;
	/** By weight. */
	weigh<T>(items: readonly (readonly [T, number])[]): T;
	/** As Node-RED makes ids: 16 hexadecimal digits. */
	id(): string;
}

export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
	const half = (): string =>
		Math.floor(next() * 2 ** 32)
			.toString(16)
			.padStart(8, '0');
	return {
		next,
		integer,
		chance: (probability) => next() < probability,
		pick: (items) => items[integer(0, items.length - 1)]!,
		weigh: (items) => {
			let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
			for (const [item, weight] of items) {
				left -= weight;
				if (left < 0) return item;
			}
			return items.at(-1)![0];
		},
		id: () => half() + half(),
	};
}
