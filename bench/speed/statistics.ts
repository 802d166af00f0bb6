export interface Spread {
	median: number;
	min: number;
	max: number;
}

/** Null where any run is missing: a median of those that came through would flatter. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
	if (values.length === 0 || values.includes(null)) return null;
	const sorted = (values as number[]).toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
	return { median, min: sorted[0]!, max: sorted.at(-1)! };
}
