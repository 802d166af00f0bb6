import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { GatewayStatus, TrafficOrder } from '../lib/routers/gateway/protocol.ts';
import { carriesToken } from './bearer.ts';
import type { Log } from './log.ts';
import { readTrafficOrder } from './traffic-order.ts';

const maxBodyBytes = 256 * 1024;

/** What the control API can ask for. */
export interface Controls {
	status(): GatewayStatus;
	/** Rejects where the order was not carried out. */
	order(order: TrafficOrder): Promise<void>;
	shutdown(): void;
}

interface Reply {
	status: number;
	body?: unknown;
}

/**
 * The control API: `GET /status`, `PUT /traffic`, `POST /shutdown`, all with the bearer token, bodies in JSON. Who lacks
 * the token learns nothing, not even which paths there are.
 */
export function createControlServer(token: string, controls: Controls, log: Log): Server {
	return createServer((request, response) => {
		request.on('error', () => {});
		response.on('error', () => {});
		if (!carriesToken(request.headers.authorization, token)) return send(response, { status: 401 });
		answer(request, controls).then(
			(reply) => send(response, reply),
			(error: Error) => {
				log('control-failed', { message: error.message });
				send(response, { status: 500, body: { reason: error.message } });
			},
		);
	});
}

async function answer(request: IncomingMessage, controls: Controls): Promise<Reply> {
	switch (`${request.method} ${request.url}`) {
		case 'GET /status':
			return { status: 200, body: controls.status() };
		case 'PUT /traffic':
			return changeTraffic(request, controls);
		case 'POST /shutdown':
			controls.shutdown();
			return { status: 202, body: {} };
		default:
			return { status: 404, body: { reason: 'there are GET /status, PUT /traffic and POST /shutdown' } };
	}
}

async function changeTraffic(request: IncomingMessage, controls: Controls): Promise<Reply> {
	const text = await readBody(request);
	if (text === null) return { status: 413, body: { reason: `the body is longer than ${maxBodyBytes} bytes` } };
	const read = readTrafficOrder(text);
	if ('reason' in read) return { status: 400, body: { reason: read.reason } };
	await controls.order(read.order);
	return { status: 200, body: controls.status() };
}

/** Null where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
	const chunks: Buffer[] = [];
	let length = 0;
	// Destroying on the way out would cut the connection before the answer is sent.
	for await (const chunk of request.iterator({ destroyOnReturn: false })) {
		length += (chunk as Buffer).length;
		if (length > maxBodyBytes) return null;
		chunks.push(chunk as Buffer);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** Each call has a connection of its own: callers are short-lived, and must not find an old one closed. */
function send(response: ServerResponse, { status, body }: Reply): void {
	response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
	response.end(body === undefined ? undefined : JSON.stringify(body));
}
