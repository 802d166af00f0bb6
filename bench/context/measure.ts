import type { Spread } from '../speed/statistics.ts';
import { spreadOf } from '../speed/statistics.ts';
import type { MeasuredStore } from './stores.ts';

export interface ContextPrice {
	store: string;
	/** What a value is about. */
	value: string;
	/** Microseconds an operation, over the rounds. */
	write: Spread;
	read: Spread;
}

/** A counter, and a state of a plant. */
export const values: Record<string, (n: number) => unknown> = {
	'a number': (n) => n,
	'1 KB': (n) => ({ n, readings: Array.from({ length: 40 }, (_, index) => ({ tag: `pump-${index}`, value: n + index / 7 })) }),
};

/** How many keys are used in turn. */
const KEYS = 20;

/** All stores in turn, round after round, so that whatever else the machine does hits them alike; the first round does not count. */
export async function measurePrices(stores: readonly MeasuredStore[], rounds: number): Promise<ContextPrice[]> {
	const micros = new Map<string, number[]>();
	for (let round = 0; round <= rounds; round++) {
		for (const [value, make] of Object.entries(values)) {
			for (const store of stores) {
				const write = await time(store.operations, (n) => store.set(`key${n % KEYS}`, make(n)));
				const read = await time(store.operations, (n) => store.get(`key${n % KEYS}`));
				if (round === 0) continue;
				for (const [what, price] of Object.entries({ write, read })) {
					const key = [store.name, value, what].join();
					micros.set(key, [...(micros.get(key) ?? []), price]);
				}
			}
		}
	}
	const spread = (...key: string[]) => spreadOf(micros.get(key.join()) ?? []) as Spread;
	return Object.keys(values).flatMap((value) =>
		stores.map(({ name }) => ({ store: name, value, write: spread(name, value, 'write'), read: spread(name, value, 'read') })),
	);
}

/** @returns microseconds an operation */
async function time(operations: number, work: (n: number) => Promise<unknown>): Promise<number> {
	const began = performance.now();
	for (let n = 0; n < operations; n++) await work(n);
	return ((performance.now() - began) * 1000) / operations;
}
