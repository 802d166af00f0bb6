import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** The gateway's own answers. Short, and without a word about what is behind it. */
export interface OwnAnswer {
	status: number;
	text: string;
	/** In seconds. */
	retryAfter?: number;
}

export const unavailable: OwnAnswer = { status: 503, text: 'Not available just now, please try again.\n', retryAfter: 1 };
export const badGateway: OwnAnswer = { status: 502, text: 'The service did not answer properly.\n' };
export const badRequest: OwnAnswer = { status: 400, text: 'The request is not valid.\n' };
export const notImplemented: OwnAnswer = { status: 501, text: 'Only WebSocket upgrades are served.\n' };

export function sendAnswer(response: ServerResponse, answer: OwnAnswer): void {
	response.writeHead(answer.status, headersOf(answer)).end(answer.text);
}

/** For an upgrade, where there is a bare socket instead of a response. */
export function sendAnswerOnSocket(socket: Duplex, answer: OwnAnswer): void {
	const headers = Object.entries({ ...headersOf(answer), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.end(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${headers.join('')}\r\n${answer.text}`, () => socket.destroy());
}

function headersOf({ text, retryAfter }: OwnAnswer): Record<string, string | number> {
	return {
		'content-type': 'text/plain; charset=utf-8',
		'content-length': Buffer.byteLength(text),
		...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
	};
}
