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

type WiredError =
	| { kind: 'flowferry'; facts: Omit<ErrorFacts, 'cause'> }
	| { kind: 'unreachable'; message: string; gone: boolean }
	| { kind: 'failure'; code: string; message: string }
	| { kind: 'error'; message: string };

/** Bytes have no form in JSON. */
const BYTES = '$base64';

export function encodeLine(line: CallLine | AnswerLine): string {
	return `${JSON.stringify(line, (_, value) => (ArrayBuffer.isView(value) ? { [BYTES]: Buffer.from(value as Uint8Array).toString('base64') } : value))}\n`;
}

export function decodeLine<T extends CallLine | AnswerLine>(text: string): T {
	return JSON.parse(text, (_, value) =>
		typeof value?.[BYTES] === 'string' ? new Uint8Array(Buffer.from(value[BYTES], 'base64')) : value,
	) as T;
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
