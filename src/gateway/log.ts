/** One JSON line for each thing that happens. No paths, headers or bodies of requests: they may hold secrets. */
export type Log = (event: string, details?: Record<string, unknown>) => void;

export function createLog(write: (line: string) => void): Log {
	return (event, details = {}) => write(`${JSON.stringify({ time: new Date().toISOString(), event, ...details })}\n`);
}

const quietMs = 1_000;

/**
 * Failures of one kind at one instance: the first at once, then one line a second that says how many there were. A dead
 * instance under load would otherwise fill the disk.
 */
export class FailureLog {
	readonly #log: Log;
	readonly #unsaid = new Map<string, number>();

	constructor(log: Log) {
		this.#log = log;
	}

	report(event: string, instance: string, error: Error): void {
		const code = (error as NodeJS.ErrnoException).code ?? error.message;
		const kind = `${event} ${instance} ${code}`;
		const unsaid = this.#unsaid.get(kind);
		if (unsaid !== undefined) {
			this.#unsaid.set(kind, unsaid + 1);
			return;
		}
		this.#log(event, { instance, code, times: 1 });
		this.#unsaid.set(kind, 0);
		setTimeout(() => {
			const times = this.#unsaid.get(kind) ?? 0;
			this.#unsaid.delete(kind);
			if (times > 0) this.#log(event, { instance, code, times });
		}, quietMs).unref();
	}
}
