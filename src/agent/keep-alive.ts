import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A connection goes idle when its answer has been sent; so soon after that it is closed. */
const CLOSE_IDLE_MS = 100;

/**
 * Has Node-RED's HTTP server let its clients go. A router without a hold (a Kubernetes Service, for one) sends a
 * connection's requests where the connection goes, for as long as that is kept alive: to the old side. While this is on,
 * each answer ends its connection, and idle connections are closed. Requests are served all the same.
 */
export class KeepAlive {
	readonly #server: Server;
	#timer: NodeJS.Timeout | undefined;

	constructor(server: Server) {
		this.#server = server;
	}

	/** Idempotent. */
	refuse(): void {
		if (this.#timer) return;
		this.#server.prependListener('request', endConnection);
		this.#timer = setInterval(() => this.#server.closeIdleConnections(), CLOSE_IDLE_MS).unref();
		this.#server.closeIdleConnections();
	}

	allow(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#server.removeListener('request', endConnection);
	}
}

function endConnection(_request: IncomingMessage, response: ServerResponse): void {
	response.setHeader('connection', 'close');
}
