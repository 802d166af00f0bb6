import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * On a connection that has been quiet for so long, the next request hardly comes in the very moment in which it is closed. One that is in
 * use is closed with its next answer, and costs no request.
 */
const QUIET_MS = 2_000;
const LOOK_MS = 500;

/** Closes the connections of clients that ask for nothing, while they are to go elsewhere. WebSockets are no such ones. */
export function closeIdleConnections(server: Server, areToGo: () => boolean, quietMs = QUIET_MS, lookMs = LOOK_MS): void {
	/** How much of it is under way (clients may ask again before they have their answer), and when that changed. */
	const connections = new Map<Socket, { busy: number; sinceMs: number }>();
	const count = (socket: Socket, change: number) => {
		const connection = connections.get(socket);
		if (connection) connections.set(socket, { busy: connection.busy + change, sinceMs: performance.now() });
	};
	const visit = ({ socket }: IncomingMessage, response: ServerResponse) => {
		count(socket, 1);
		response.once('close', () => count(socket, -1));
	};
	server.on('connection', (socket: Socket) => {
		connections.set(socket, { busy: 0, sinceMs: performance.now() });
		socket.once('close', () => connections.delete(socket));
	});
	server.on('request', visit);
	server.on('checkContinue', visit);
	server.on('upgrade', ({ socket }: IncomingMessage) => connections.delete(socket));
	setInterval(() => {
		if (!areToGo()) return;
		const beforeMs = performance.now() - quietMs;
		for (const [socket, { busy, sinceMs }] of connections) if (busy === 0 && sinceMs < beforeMs) socket.destroySoon();
	}, lookMs).unref();
}
