import { copyFileSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Past this, the log is put aside as `<name>.1`, in place of the one before. */
const MAX_BYTES = 20 * 1024 * 1024;

/** The instance's log: the runner's lines as JSON, Node-RED's as it prints them. Readable for its owner alone. */
export class Log {
	readonly descriptor: number;
	readonly #file: string;
	readonly #maxBytes: number;

	constructor(file: string, maxBytes = MAX_BYTES) {
		this.descriptor = openSync(file, 'a', 0o600);
		this.#file = file;
		this.#maxBytes = maxBytes;
	}

	/** Copied and emptied, not renamed: Node-RED has the same file open, and appends to it. */
	limit(): void {
		try {
			if (fstatSync(this.descriptor).size <= this.#maxBytes) return;
			copyFileSync(this.#file, `${this.#file}.1`);
			ftruncateSync(this.descriptor);
		} catch (error) {
			this.write('the log cannot be put aside', { error: String(error) });
		}
	}

	write(event: string, facts: object): void {
		try {
			writeSync(this.descriptor, `${JSON.stringify({ time: new Date().toISOString(), runner: event, ...facts })}\n`);
		} catch {
			// A full disk must not end the runner: its instance may be the active one.
		}
	}
}
