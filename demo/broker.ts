import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { ConnectGate } from './connect-gate.ts';

/** An MQTT broker in this process. It keeps persistent sessions, and redelivers QoS 1, for as long as it runs. */
export interface Broker {
	port: number;
	/** `mqtt://127.0.0.1:<port>` */
	url: string;
	stop(): Promise<void>;
}

/** On a free port of the loopback address. */
export async function startBroker(): Promise<Broker> {
	const aedes = await createGatedBroker();
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		aedes.handle(socket);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	return {
		port,
		url: `mqtt://127.0.0.1:${port}`,
		async stop() {
			const closed = once(server, 'close');
			server.close();
			await new Promise<void>((resolve) => aedes.close(resolve));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}

async function createGatedBroker(): Promise<Aedes> {
	const gate = new ConnectGate();
	const aedes = await Aedes.createBroker({
		preConnect(client, _packet, done) {
			client.conn.once('close', () => gate.connected(client));
			gate.connect(client, () => done(null, true));
		},
		authorizePublish: (_client, _packet, done) => gate.publish(() => done()),
		published(_packet, client, done) {
			// The broker's own notices have no client and do not pass the gate.
			if (client) gate.published();
			done();
		},
	});
	aedes.on('clientReady', (client) => gate.connected(client));
	return aedes;
}
