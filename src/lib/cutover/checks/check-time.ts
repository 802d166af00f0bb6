/** How long a check may take, and what ends it before. */
export interface CheckTime {
	/** A moment of `performance.now()`. */
	endMs: number;
	/** Another check has failed: this one no longer matters. */
	signal: AbortSignal;
}

export function remainingMs({ endMs }: CheckTime): number {
	return Math.max(1, Math.ceil(endMs - performance.now()));
}
