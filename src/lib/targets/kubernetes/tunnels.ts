import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { PortForward } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';

/** Of each port that was asked once. */
const READY = 2;

/** One connection to a port of a pod, made before somebody needs it. */
interface Line {
	/** To the pod. */
	input: PassThrough;
	/** From it; what comes before anybody reads waits. */
	output: PassThrough;
	isOver(): boolean;
	close(): void;
}

/**
 * Ports of this machine's loopback that lead to ports of pods, by the API server: the same way as `kubectl port-forward`. A connection
 * takes tens of milliseconds to make, so the next ones of each port are kept ready: a cutover makes a score of calls.
 */
export class Tunnels {
	readonly #cluster: Cluster;
	readonly #forward: PortForward;
	readonly #tunnels = new Map<string, Promise<Tunnel>>();

	constructor(cluster: Cluster) {
		this.#cluster = cluster;
		this.#forward = new PortForward(cluster.config);
	}

	/** @returns `http://127.0.0.1:40123`; whether anybody answers there shows when it is asked */
	async to(pod: string, port: number): Promise<string> {
		const key = `${pod}:${port}`;
		let tunnel = this.#tunnels.get(key);
		if (!tunnel) {
			tunnel = Tunnel.open(() => this.#connect(pod, port));
			this.#tunnels.set(key, tunnel);
		}
		return (await tunnel).url;
	}

	close(): void {
		for (const tunnel of this.#tunnels.values()) void tunnel.then((open) => open.close());
		this.#tunnels.clear();
		this.#cluster.config.abandonHandshakes();
	}

	async #connect(pod: string, port: number): Promise<Line> {
		const input = new PassThrough();
		const output = new PassThrough();
		// Without retries it is the connection itself.
		const made = await this.#forward.portForward(this.#cluster.namespace, pod, [port], output, null, input);
		const webSocket = made as Exclude<typeof made, () => unknown>;
		let isOver = false;
		webSocket.onclose = webSocket.onerror = () => {
			isOver = true;
			output.end();
		};
		return { input, output, isOver: () => isOver, close: () => webSocket.close() };
	}
}

class Tunnel {
	readonly url: string;
	readonly #server: Server;
	readonly #connect: () => Promise<Line>;
	readonly #sockets = new Set<Socket>();
	#ready: Promise<Line>[] = [];
	#isClosed = false;

	private constructor(server: Server, connect: () => Promise<Line>) {
		this.#server = server;
		this.#connect = connect;
		this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		server.on('connection', (socket: Socket) => void this.#take(socket));
	}

	static async open(connect: () => Promise<Line>): Promise<Tunnel> {
		// A client may have said all, and wait for the answer.
		const server = createServer({ allowHalfOpen: true });
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return new Tunnel(server, connect);
	}

	close(): void {
		this.#isClosed = true;
		this.#server.close();
		for (const socket of this.#sockets) socket.destroy();
		for (const line of this.#ready) line.then((open) => open.close()).catch(() => {});
	}

	async #take(socket: Socket): Promise<void> {
		this.#sockets.add(socket);
		socket.once('close', () => this.#sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		try {
			const line = await this.#lineFor();
			if (socket.destroyed || this.#isClosed) line.close();
			else join(socket, line);
		} catch {
			// Whoever connected sees the connection end, as with any server that is not there.
			socket.destroy();
		}
		this.#keepReady();
	}

	async #lineFor(): Promise<Line> {
		for (let next = this.#ready.shift(); next; next = this.#ready.shift()) {
			const line = await next.catch(() => null);
			if (line && !line.isOver()) return line;
		}
		return await this.#connect();
	}

	#keepReady(): void {
		while (this.#ready.length < READY && !this.#isClosed) {
			const next = this.#connect();
			this.#ready.push(next);
			next.then(
				(line) => {
					if (this.#isClosed) line.close();
				},
				() => {
					this.#ready = this.#ready.filter((each) => each !== next);
				},
			);
		}
	}
}

function join(socket: Socket, line: Line): void {
	socket.pipe(line.input);
	line.output.pipe(socket);
	socket.once('close', () => line.close());
}
