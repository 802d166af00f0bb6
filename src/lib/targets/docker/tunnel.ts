import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Reach } from '../target.ts';
import type { Containers } from './containers.ts';

/**
 * A port of this machine's loopback that leads into an environment's network: each connection is a program in the keeper's container, so
 * that it goes wherever the engine's own connection goes.
 * @param keeper the container's name @param url `http://172.20.0.3:1880`
 */
export async function openTunnel(containers: Pick<Containers, 'begin'>, keeper: string, url: string): Promise<Reach> {
	const { hostname, port } = new URL(url);
	const sockets = new Set<Socket>();
	// A client may have said all, and wait for the answer.
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		void passOn(socket);
	});

	async function passOn(socket: Socket): Promise<void> {
		try {
			const program = await containers.begin(keeper, ['node', '/flowferry/dist/keeper/main.js', 'tunnel', hostname, port || '80']);
			program.input.on('error', () => socket.destroy());
			socket.once('close', () => program.input.destroy());
			// Closed while the program was begun.
			if (socket.destroyed) return void program.input.destroy();
			socket.pipe(program.input);
			program.output.pipe(socket);
		} catch {
			// Whoever connected sees the connection end, as with any server that is not there.
			socket.destroy();
		}
	}

	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: () => {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}
