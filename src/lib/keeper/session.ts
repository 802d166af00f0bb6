import type { Readable, Writable } from 'node:stream';
import type { CallKeeper } from './remote.ts';
import { type AnswerLine, decodeLine, encodeLine, onLines, unwireError } from './wire.ts';

/** The keeper's session ended before it answered. */
export class SessionLost extends Error {}

/** Of what came in place of an answer, so much is told. */
const SHOWN = 200;

/** A way to a keeper: one line for each call, and one for each answer, in any order. */
export interface KeeperSession {
	call: CallKeeper;
	/** Resolves when it ends, whoever ends it; never rejects. */
	ended: Promise<void>;
	close(): void;
}

/**
 * Speaks with a keeper over its standard input and output.
 * @param close ends the connection
 * @param said what its program has said on its standard error: why it ended, where it did by itself
 */
export function openSession(input: Writable, output: Readable, close: () => void, said: () => string = () => ''): KeeperSession {
	const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
	let nextId = 1;
	let isOver = false;
	let end = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	const over = (error?: Error) => {
		if (isOver) return;
		isOver = true;
		const words = said().trim();
		const cause = error ?? (words === '' ? undefined : new Error(words));
		for (const { reject } of waiting.values()) reject(new SessionLost('the connection to the keeper ended', { cause }));
		waiting.clear();
		end();
	};
	onLines(output, (line) => {
		try {
			take(decodeLine<AnswerLine>(line));
		} catch {
			// The engine's own words, where it could not run the program.
			over(new Error(`in place of an answer came: ${line.slice(0, SHOWN)}`));
			close();
		}
	});
	for (const stream of [input, output]) {
		stream.on('error', over);
		stream.on('close', () => over());
	}
	output.on('end', () => over());

	function take(answer: AnswerLine): void {
		const call = waiting.get(answer.id);
		waiting.delete(answer.id);
		if (answer.ok) call?.resolve(answer.result);
		else call?.reject(unwireError(answer.error));
	}

	return {
		call: (on, call, args) =>
			new Promise((resolve, reject) => {
				if (isOver) return reject(new SessionLost('the connection to the keeper ended'));
				const id = nextId++;
				waiting.set(id, { resolve, reject });
				input.write(encodeLine({ id, on, call, args }));
			}),
		ended,
		close: () => {
			close();
			over();
		},
	};
}
