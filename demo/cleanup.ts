/** What to undo, the last thing first. Everything is tried, whatever fails on the way. */
export class Cleanup {
	readonly #steps: { what: string; undo: () => Promise<unknown> }[] = [];

	/** @param what for the message where it fails: `stop the broker` */
	later(what: string, undo: () => Promise<unknown>): void {
		this.#steps.push({ what, undo });
	}

	/** @returns one sentence for each step that failed */
	async run(): Promise<string[]> {
		const failures: string[] = [];
		for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
			try {
				await step.undo();
			} catch (error) {
				failures.push(`could not ${step.what}: ${(error as Error).message}`);
			}
		}
		return failures;
	}
}
