/** A way of carrying flows from one set of processes to another, and back. */
export interface Way {
	/** Its topics and its session: `<name>/in`. */
	name: string;
	/** Where its HTTP is served now. */
	httpUrl(): string;
	/** Carries them over: each time to the other version. */
	cutOver(): Promise<CutoverTimes>;
}

/** What a way says itself of its cutover. */
export interface CutoverTimes {
	/** From the old flows' sources closed to the new flows' start. */
	gapMs: number;
	steps: { step: string; durationMs: number }[];
}
