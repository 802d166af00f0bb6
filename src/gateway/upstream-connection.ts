import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Upstream } from '../lib/routers/router.ts';

/** Instances are on this host or beside it: one that has not accepted by then will not. */
const connectMs = 3_000;

/**
 * A new connection to an upstream. Made before anything of the visitor is read, so that an upstream that refuses costs
 * nothing and the next one can be tried, for uploads as well; and never an old idle one, which a stopping instance may
 * have closed already.
 */
export function connectTo(upstream: Upstream): Promise<Socket> {
	const { hostname, port } = new URL(upstream.url);
	return new Promise((resolve, reject) => {
		const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), noDelay: true });
		socket.setTimeout(connectMs, () => socket.destroy(Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' })));
		// Stays: an error between here and the request that takes the socket over must not end the process.
		socket.on('error', reject);
		socket.once('connect', () => {
			socket.removeAllListeners('timeout').setTimeout(0);
			resolve(socket);
		});
	});
}

/** Gives one request the connection that is already there. */
export class ConnectedAgent extends Agent {
	readonly #socket: Socket;

	constructor(socket: Socket) {
		super({ keepAlive: false });
		this.#socket = socket;
	}

	override createConnection(): Socket {
		return this.#socket;
	}
}
