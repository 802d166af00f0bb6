/** What stops a run from outside. */
export interface Interruption {
	signal?: NodeJS.Signals;
	/** An error that nobody caught: the clean-up must still come. */
	crash?: Error;
}

/** @param onFirst later signals change nothing: the clean-up is bounded, and must not be left half done */
export function watchInterruptions(onFirst: () => void): Interruption {
	const interruption: Interruption = {};
	const note = (what: Interruption) => {
		if (interruption.signal || interruption.crash) return;
		Object.assign(interruption, what);
		onFirst();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => note({ signal }));
	process.on('uncaughtException', (crash) => note({ crash }));
	return interruption;
}
