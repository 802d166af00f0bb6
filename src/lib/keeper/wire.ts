import type { Readable } from 'node:stream';
import { ControlFailure, ControlUnreachable } from '../control/client.ts';
import { type ErrorFacts, FlowferryError } from '../errors/flowferry-error.ts';

/** A call, as a line of JSON. */
export interface CallLine {
	id: number;
	/** Which of the keeper's parts: `journal`. */
	on: string;
	call: string;
	args: unknown[];
}

/** Its answer, as a line of JSON. */
export type AnswerLine = { id: number } & ({ ok: true; result: unknown } | { ok: false; error: WiredError });

export type WiredError =
	| { kind: 'flowferry'; facts: Omit<ErrorFacts, 'cause'> }
	| { kind: 'unreachable'; message: string; gone: boolean }
	| { kind: 'failure'; code: string; message: string }
	| { kind: 'error'; message: string };

/** Bytes have no form in JSON: they cross as a string that begins with this. */
const BYTES = '\0b';
/** Before a string that begins as bytes could. */
const TEXT = '\0t';

export function encodeLine(line: CallLine | AnswerLine): string {
	// By `this`: a Buffer comes to a replacer as what its toJSON makes of it.
	const replace = function (this: Record<string, unknown>, key: string, value: unknown) {
		const own = this[key];
		if (own instanceof Uint8Array) return BYTES + Buffer.from(own).toString('base64');
		return typeof value === 'string' && value.startsWith('\0') ? TEXT + value : value;
	};
	return `${JSON.stringify(line, replace)}\n`;
}

/** @throws SyntaxError where it is no such line */
export function decodeLine<T extends CallLine | AnswerLine>(text: string): T {
	const line = JSON.parse(text, (_, value) => {
		if (typeof value !== 'string' || !value.startsWith('\0')) return value;
		return value.startsWith(BYTES) ? new Uint8Array(Buffer.from(value.slice(BYTES.length), 'base64')) : value.slice(TEXT.length);
	}) as T | null;
	if (typeof line?.id !== 'number') throw new SyntaxError('it has no id');
	return line;
}

/**
 * Takes a stream apart into its lines, of any length. Not by Node's readline, to which U+2028 and U+2029 end a line, too: within a
 * string of JSON they may stand as they are.
 */
export function onLines(stream: Readable, take: (line: string) => void): void {
	let begun: string[] = [];
	stream.setEncoding('utf8').on('data', (text: string) => {
		const [end = '', ...more] = text.split('\n');
		begun.push(end);
		for (const next of more) {
			const line = begun.join('');
			begun = [next];
			take(line);
		}
	});
}

/** Errors that callers tell apart stay what they are; of any other its message alone crosses. */
export function wireError(error: unknown): WiredError {
	if (error instanceof FlowferryError) return { kind: 'flowferry', facts: error.toJSON() };
	if (error instanceof ControlUnreachable) return { kind: 'unreachable', message: error.message, gone: error.gone };
	if (error instanceof ControlFailure) return { kind: 'failure', code: error.code, message: error.message };
	return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
}

export function unwireError(error: WiredError): Error {
	switch (error.kind) {
		case 'flowferry':
			return new FlowferryError(error.facts);
		case 'unreachable':
			return new ControlUnreachable(error.message, error.gone ? { code: 'ECONNREFUSED' } : undefined);
		case 'failure':
			return new ControlFailure(error.code, error.message);
		default:
			return new Error(error.message);
	}
}
