import { performance } from 'node:perf_hooks';

/** How long each part of the lint's work took. */
export interface Timing {
	measure<T>(what: string, work: () => T): T;
	/** The longest first; milliseconds. */
	results(): { what: string; ms: number }[];
}

export function startTiming(): Timing {
	const spent = new Map<string, number>();
	return {
		measure: (what, work) => {
			const started = performance.now();
			try {
				return work();
			} finally {
				spent.set(what, (spent.get(what) ?? 0) + performance.now() - started);
			}
		},
		results: () => [...spent].map(([what, ms]) => ({ what, ms })).sort((a, b) => b.ms - a.ms),
	};
}
