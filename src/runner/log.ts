import { constants, copyFileSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { RunnerLog } from '../lib/targets/instance.ts';

/** Past this, the log is put aside as `<name>.1`, in place of the one before. */
const MAX_BYTES = 20 * 1024 * 1024;

const STDOUT = 1;

/** The instance's log: the runner's lines as JSON, Node-RED's as it prints them. A file is readable for its owner alone. */
export class Log {
	/** What Node-RED writes to. */
	readonly descriptor: number;
	/** What the runner writes to. */
	readonly #own: number;
	/** Null: the standard output, which whoever reads it keeps and limits. */
	readonly #file: string | null;
	readonly #maxBytes: number;

	constructor(log: RunnerLog, maxBytes = MAX_BYTES) {
		this.#file = log.kind === 'file' ? log.path : null;
		this.descriptor = this.#file === null ? STDOUT : openSync(this.#file, 'a', 0o600);
		this.#own = this.#file === null ? openStdoutWithoutWaiting() : this.descriptor;
		this.#maxBytes = maxBytes;
	}

	/** Copied and emptied, not renamed: Node-RED has the same file open, and appends to it. */
	limit(): void {
		if (this.#file === null) return;
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
			writeSync(this.#own, `${JSON.stringify({ time: new Date().toISOString(), runner: event, ...facts })}\n`);
		} catch {
			// A full disk, or a reader that is gone, must not end the runner: its instance may be the active one.
		}
	}
}

/**
 * Where nobody reads the output, a line is lost rather than waited with: the lease must be renewed meanwhile. The descriptor that
 * Node-RED gets stays as it is.
 */
function openStdoutWithoutWaiting(): number {
	try {
		return openSync(`/proc/self/fd/${STDOUT}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
	} catch {
		return STDOUT;
	}
}
