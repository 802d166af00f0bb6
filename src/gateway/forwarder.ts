import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createProxyServer, type ServerOptions } from 'http-proxy-3';
import type { Upstream } from '../lib/routers/router.ts';
import type { FailureLog } from './log.ts';
import { ConnectedAgent, connectTo } from './upstream-connection.ts';

/** Who is told how a forwarding goes. */
export interface Forwarding {
	/** The upstream began to answer. */
	answering(answer: IncomingMessage): void;
	/** The upstream switched to the WebSocket protocol. */
	upgraded?(): void;
	/** Either side broke; may be told more than once. */
	broken(error: Error): void;
}

/** A connection to an instance, counted as being inside it until `leave`. */
export interface Connection {
	upstream: Upstream;
	socket: Socket;
	leave(): void;
}

/** Moves bytes between a client and an upstream: all dealings with the proxy library. */
export class Forwarder {
	readonly #failures: FailureLog;
	readonly #forwardings = new WeakMap<IncomingMessage, Forwarding>();
	readonly #proxy = createProxyServer({ xfwd: true, xfwdWsProtoAsHttp: true, toProxy: true });

	constructor(failures: FailureLog) {
		this.#failures = failures;
		this.#proxy.on('error', (error, request) => this.#forwardings.get(request)?.broken(error));
		// The client went away: nothing to answer. Its response's `close` ends the counting.
		this.#proxy.on('econnreset', () => {});
		this.#proxy.on('proxyRes', (answer, request) => {
			dropHopByHop(answer);
			this.#forwardings.get(request)?.answering(answer);
		});
		this.#proxy.on('proxyReqWs', (upgrade: ClientRequest, request) => {
			upgrade.once('response', (answer) => this.#forwardings.get(request)?.answering(answer));
			upgrade.once('upgrade', () => this.#forwardings.get(request)?.upgraded?.());
		});
		this.#proxy.before('web', 'stream', keepChunkedBody);
	}

	/** Connects to the first upstream that accepts; null where none does. */
	async connect(upstreams: Upstream[], enter: (instance: string) => () => void): Promise<Connection | null> {
		for (const upstream of upstreams) {
			// Counted from here: who waits for an instance to become idle must see what is about to be sent to it.
			const leave = enter(upstream.instance);
			try {
				return { upstream, socket: await connectTo(upstream), leave };
			} catch (error) {
				leave();
				this.#failures.report('connect-failed', upstream.instance, error as Error);
			}
		}
		return null;
	}

	/** Throws on a request that cannot be expressed. */
	request(request: IncomingMessage, response: ServerResponse, connection: Connection, forwarding: Forwarding): void {
		this.#forwardings.set(request, forwarding);
		delete request.headers.upgrade;
		this.#proxy.web(request, response, { ...optionsFor(connection), headers: { connection: 'close' } });
	}

	/** Throws on a request that cannot be expressed. */
	webSocket(request: IncomingMessage, socket: Socket, head: Buffer, connection: Connection, forwarding: Forwarding): void {
		this.#forwardings.set(request, forwarding);
		this.#proxy.ws(request, socket, head, optionsFor(connection));
	}
}

function optionsFor({ upstream, socket }: Connection): ServerOptions {
	return { target: upstream.url, agent: new ConnectedAgent(socket) };
}

/** The connection to the upstream ends after each answer; the client's need not. */
function dropHopByHop(answer: IncomingMessage): void {
	delete answer.headers.connection;
	delete answer.headers['keep-alive'];
}

/**
 * The library sets `content-length: 0` on each DELETE and OPTIONS without a length. One whose body comes in chunks has no
 * length either, and its body would be sent behind the end of the request.
 */
function keepChunkedBody(request: IncomingMessage): void {
	const lengthIsInvented = !request.rawHeaders.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-length');
	const encoding = request.rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'transfer-encoding');
	if (encoding === -1 || !lengthIsInvented) return;
	delete request.headers['content-length'];
	request.headers['transfer-encoding'] = 'chunked';
}
