import { open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a file that is followed is looked at. */
const EVERY_MS = 200;
const CHUNK_BYTES = 64 * 1024;
/** So many more than needed are kept for a while. */
const CHUNK_LINES = 1000;

/**
 * The last lines of a text file, and then those that are added. One that is emptied is read from its beginning; one that is not
 * there has no lines, until it is.
 * @param tail how many of those that are there
 * @param follow goes on until this is aborted; null: it does not
 */
export async function* linesOfFile(file: string, { tail, follow }: { tail: number; follow: AbortSignal | null }): AsyncGenerator<string> {
	const reader = new LineReader(file);
	let last: string[] = [];
	for await (const line of reader.read()) {
		last.push(line);
		// Seldom: a shift at each line would move all of them each time.
		if (last.length >= 2 * tail + CHUNK_LINES) last = last.slice(-tail || last.length);
	}
	yield* tail === 0 ? [] : last.slice(-tail);
	while (follow && !follow.aborted) {
		yield* reader.read();
		await sleep(EVERY_MS, undefined, { signal: follow }).catch(() => undefined);
	}
	const rest = reader.rest();
	if (!follow && rest !== '' && tail > 0) yield rest;
}

class LineReader {
	readonly #file: string;
	#decoder = new StringDecoder('utf8');
	#offset = 0;
	#unfinished = '';

	constructor(file: string) {
		this.#file = file;
	}

	/** The whole lines that were added since it was read last. */
	async *read(): AsyncGenerator<string> {
		const size = await sizeOf(this.#file);
		if (size < this.#offset) this.#begin();
		if (size === this.#offset) return;
		const handle = await open(this.#file);
		try {
			const buffer = Buffer.alloc(CHUNK_BYTES);
			for (;;) {
				const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, this.#offset);
				if (bytesRead === 0) return;
				this.#offset += bytesRead;
				const lines = (this.#unfinished + this.#decoder.write(buffer.subarray(0, bytesRead))).split('\n');
				this.#unfinished = lines.pop() ?? '';
				yield* lines;
			}
		} finally {
			await handle.close();
		}
	}

	/** What has no end of line yet. */
	rest(): string {
		return this.#unfinished;
	}

	#begin(): void {
		[this.#offset, this.#unfinished, this.#decoder] = [0, '', new StringDecoder('utf8')];
	}
}

async function sizeOf(file: string): Promise<number> {
	try {
		return (await stat(file)).size;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
		throw error;
	}
}
