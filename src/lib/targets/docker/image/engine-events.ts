import { createInterface } from 'node:readline';

/** What the engine tells while it works, a JSON object a line. @throws Error where the answer is cut off */
export async function* eventsOf<T>(answer: NodeJS.ReadableStream): AsyncGenerator<T> {
	let fault: Error | undefined;
	const lines = createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY });
	answer.on('error', (error) => {
		fault = error;
		lines.close();
	});
	for await (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
	if (fault) throw fault;
}
