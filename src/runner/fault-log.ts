import type { Log } from './log.ts';

/** Tells by what something fails that is tried again and again: once, and not at each attempt, until it succeeds or fails by something else. */
export class FaultLog {
	readonly #log: Pick<Log, 'write'>;
	readonly #event: string;
	#last = '';

	constructor(log: Pick<Log, 'write'>, event: string) {
		this.#log = log;
		this.#event = event;
	}

	failed(error: unknown): void {
		const fault = String(error);
		if (fault !== this.#last) this.#log.write(this.#event, { error: fault });
		this.#last = fault;
	}

	succeeded(): void {
		this.#last = '';
	}
}
