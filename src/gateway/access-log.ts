import { type FileHandle, open, rename } from 'node:fs/promises';
import type { EndedVisit } from './ended-visit.ts';
import type { Log } from './log.ts';

/** Lines are written together: one write for each would cost more than the requests. */
const flushMs = 250;

/** What may wait for a disk that is slow; more is dropped, and counted. */
const mostWaiting = 1024 * 1024;

export interface AccessLogOptions {
	file: string;
	/** Of the file and its predecessor (`<file>.1`) together. */
	maxBytes: number;
}

/** One JSON line for each request and WebSocket, in a file that is put aside when it is full, and replaces the one before. */
export class AccessLog {
	readonly #options: AccessLogOptions;
	readonly #log: Log;
	readonly #timer: NodeJS.Timeout;
	#lines: string[] = [];
	#waiting = 0;
	#dropped = 0;
	#handle: FileHandle | null = null;
	#size = 0;
	#writing: Promise<void> = Promise.resolve();

	constructor(options: AccessLogOptions, log: Log) {
		this.#options = options;
		this.#log = log;
		this.#timer = setInterval(() => void this.flush(), flushMs).unref();
	}

	add(visit: EndedVisit): void {
		const line = `${JSON.stringify({ time: new Date().toISOString(), ...visit })}\n`;
		if (this.#waiting + line.length > mostWaiting) {
			this.#dropped++;
			return;
		}
		this.#lines.push(line);
		this.#waiting += line.length;
	}

	/** Writes what has come; a disk that refuses it costs the lines, and nothing else. */
	flush(): Promise<void> {
		if (this.#lines.length === 0) return this.#writing;
		const text = this.#lines.join('');
		this.#lines = [];
		this.#writing = this.#writing.then(async () => {
			try {
				await this.#write(Buffer.from(text));
			} catch (error) {
				this.#log('access-log-failed', { message: (error as Error).message });
			}
			this.#waiting -= text.length;
			if (this.#dropped > 0) this.#log('access-log-dropped', { lines: this.#dropped });
			this.#dropped = 0;
		});
		return this.#writing;
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		await this.flush();
		await this.#handle?.close();
		this.#handle = null;
	}

	async #write(bytes: Buffer): Promise<void> {
		const { file, maxBytes } = this.#options;
		if (this.#handle === null) {
			this.#handle = await open(file, 'a', 0o600);
			this.#size = (await this.#handle.stat()).size;
		}
		if (this.#size > 0 && this.#size + bytes.length > maxBytes / 2) {
			await this.#handle.close();
			this.#handle = null;
			await rename(file, `${file}.1`);
			return await this.#write(bytes);
		}
		await this.#handle.write(bytes);
		this.#size += bytes.length;
	}
}
