import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/** An MQTT broker in this process. It keeps persistent sessions, and redelivers QoS 1, for as long as it runs. */
export interface Broker {
	port: number;
	/** `mqtt://127.0.0.1:<port>` */
	url: string;
	stop(): Promise<void>;
}

/** @param port 0: a free one */
export async function startBroker(port = 0): Promise<Broker> {
	const aedes = await Aedes.createBroker();
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		aedes.handle(socket);
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address() as { port: number };
	return {
		port: address.port,
		url: `mqtt://127.0.0.1:${address.port}`,
		async stop() {
			const closed = once(server, 'close');
			server.close();
			await new Promise<void>((resolve) => aedes.close(resolve));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
