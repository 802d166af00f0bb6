import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes a call's body and gives its answer's; throws `ControlRefusal` for what it will not do. */
export type ControlHandler = (body: unknown) => Promise<unknown>;

/** By method and path: `POST /activate`; one that takes more than other calls says how much. */
export type ControlRoutes = Record<string, ControlHandler | { handle: ControlHandler; maxBodyBytes: number }>;

/** A call that was understood and is refused; answered with its status and code. */
export class ControlRefusal extends Error {
	readonly status: number;
	readonly code: string;

	constructor(code: string, message: string, status = 409) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

/** No control call carries more, unless its route says so. */
const MAX_BODY_BYTES = 256 * 1024;

/**
 * Serves calls as JSON over HTTP, for whoever has the token (`Authorization: Bearer …`). Who lacks it gets 401 and learns
 * nothing, not even which calls there are.
 * @param failed told of calls that failed without having been refused
 */
export function createControlServer(token: string, routes: ControlRoutes, failed: (error: Error) => void): Server {
	const isAuthorized = authorizer(token);
	return createServer((request, response) => {
		request.on('error', () => {});
		response.on('error', () => {});
		if (!isAuthorized(request.headers.authorization)) return reply(response, 401);
		void answer(request, response, routes, failed);
	});
}

/** Listens on 127.0.0.1; gives the address. @param port 0, the default: a free one */
export async function listenOnLoopback(server: Server, port = 0): Promise<string> {
	await listen(server, port, '127.0.0.1');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Listens on every IPv4 address: in a container, of which nothing but its private networks sees that. */
export async function listenOnAll(server: Server, port: number): Promise<void> {
	await listen(server, port, '0.0.0.0');
}

function listen(server: Server, port: number, host: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, resolve);
	});
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	routes: ControlRoutes,
	failed: (error: Error) => void,
): Promise<void> {
	try {
		const route = routes[`${request.method} ${request.url}`];
		if (!route) throw new ControlRefusal('NOT_FOUND', `no such call: ${request.method} ${request.url}`, 404);
		const { handle, maxBodyBytes } = typeof route === 'function' ? { handle: route, maxBodyBytes: MAX_BODY_BYTES } : route;
		reply(response, 200, (await handle(await readBody(request, maxBodyBytes))) ?? {});
	} catch (error) {
		if (error instanceof ControlRefusal) reply(response, error.status, { error: { code: error.code, message: error.message } });
		else {
			failed(error as Error);
			reply(response, 500, { error: { code: 'INTERNAL', message: String(error) } });
		}
	}
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	// Destroying on the way out would cut the connection before the answer is sent.
	for await (const chunk of request.iterator({ destroyOnReturn: false })) {
		size += (chunk as Buffer).length;
		if (size > maxBytes) throw new ControlRefusal('TOO_LARGE', `this call's body has at most ${maxBytes} bytes`, 413);
		chunks.push(chunk as Buffer);
	}
	if (size === 0) return {};
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		throw new ControlRefusal('BAD_BODY', "the call's body is not JSON", 400);
	}
}

/** Each call has a connection of its own: callers are short-lived, and must not find an old one closed. */
function reply(response: ServerResponse, status: number, body?: unknown): void {
	response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
	response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Compares digests, so that neither the time nor the length tells anything about the token. */
function authorizer(token: string): (header: string | undefined) => boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	const expected = digest(token);
	// An empty token would be what everybody has who gives none.
	return (header) => token !== '' && timingSafeEqual(digest(/^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? ''), expected);
}
