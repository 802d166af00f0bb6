/** In which somebody was seen to be active, in milliseconds of one clock. */
export interface ActiveSpan {
	/** `blue/0`; to a bench, a process. */
	who: string;
	fromMs: number;
	toMs: number;
}

/** For how long more than one was active at the same time, in milliseconds. Spans of the same one may overlap. */
export function overlapMs(spans: readonly ActiveSpan[]): number {
	const edges = spans
		.flatMap(({ who, fromMs, toMs }) => [
			{ atMs: fromMs, who, change: 1 },
			{ atMs: toMs, who, change: -1 },
		])
		.toSorted((a, b) => a.atMs - b.atMs);
	const open = new Map<string, number>();
	let lastMs = edges[0]?.atMs ?? 0;
	let overlap = 0;
	for (const { atMs, who, change } of edges) {
		if (open.size > 1) overlap += atMs - lastMs;
		lastMs = atMs;
		const count = (open.get(who) ?? 0) + change;
		if (count > 0) open.set(who, count);
		else open.delete(who);
	}
	return overlap;
}
