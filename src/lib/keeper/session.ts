import type { Readable, Writable } from 'node:stream';
import type { CallKeeper } from './remote.ts';
import { type AnswerLine, decodeLine, encodeLine, unwireError } from './wire.ts';

/** The keeper's session ended before it answered. */
export class SessionLost extends Error {}

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
 */
export function openSession(input: Writable, output: Readable, close: () => void): KeeperSession {
	const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
	let nextId = 1;
	let isOver = false;
	let rest = '';
	let end = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	const over = (cause?: Error) => {
		if (isOver) return;
		isOver = true;
		for (const { reject } of waiting.values()) reject(new SessionLost('the connection to the keeper ended', { cause }));
		waiting.clear();
		end();
	};
	output.setEncoding('utf8');
	output.on('data', (text: string) => {
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) take(decodeLine<AnswerLine>(line));
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
