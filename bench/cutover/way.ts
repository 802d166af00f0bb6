/** A way of carrying flows from one set of processes to another. */
export interface Way {
	/** Its topics and its session: `<name>/in`. */
	name: string;
	/** Where its HTTP is served now. */
	httpUrl(): string;
	/** Readies a new side for the other version, whose flows have never run; not measured. */
	prepare(): Promise<void>;
	/** Carries them over to what was prepared. */
	cutOver(): Promise<CutoverTimes>;
}

/** What a way says itself of its cutover. */
export interface CutoverTimes {
	/** From the old flows' sources closed to the new flows' start. */
	gapMs: number;
	steps: { step: string; durationMs: number }[];
}
