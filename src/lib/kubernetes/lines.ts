import type { ReadableStream } from 'node:stream/web';

/** The lines of an answer as they come: events of a watch, lines of a log. */
export async function* linesOf(stream: ReadableStream): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	let rest = '';
	for await (const bytes of stream) {
		const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
		rest = lines.pop() ?? '';
		yield* lines.filter((line) => line !== '');
	}
}
