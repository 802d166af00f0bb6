import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createControlServer, listenOnLoopback } from '../lib/control/server.ts';
import type { GatewayConfig, GatewayState, GatewayStatus, TrafficOrder } from '../lib/routers/gateway/protocol.ts';
import { readGatewayState, writeGatewayState } from '../lib/routers/gateway/state-file.ts';
import { userFacing } from '../lib/routers/listen-fault.ts';
import type { StoredTraffic, Upstream } from '../lib/routers/router.ts';
import { controlRoutes } from './control-routes.ts';
import { Forwarder } from './forwarder.ts';
import { closeIdleConnections } from './idle-connections.ts';
import { FailureLog, type Log } from './log.ts';
import { Observers } from './observers.ts';
import { OpenWebSockets } from './open-web-sockets.ts';
import { createPublicServer } from './public-server.ts';
import { explainListenError } from './start-failure.ts';
import { Tally } from './tally.ts';
import { TrafficSwitch } from './traffic-switch.ts';

/** What requests in flight get at the end, before their connections are cut. */
const stopMs = 5_000;

export interface GatewayParts {
	config: GatewayConfig;
	token: string;
	pid: number;
	log: Log;
	/** Called once all is closed. */
	stopped: () => void;
}

/** The public server, the control server, and the traffic between them, kept in the state file. */
export class Gateway {
	readonly #parts: GatewayParts;
	readonly #tally = new Tally();
	readonly #webSockets = new OpenWebSockets();
	readonly #switch: TrafficSwitch;
	readonly #observers: Observers;
	readonly #public: Server;
	readonly #control: Server;
	readonly #publicSockets = new Set<Socket>();
	#state: Omit<GatewayState, 'traffic'>;
	/** Orders are carried out one after the other, in the order in which they came. */
	#orders: Promise<unknown> = Promise.resolve();
	/** It was told to end. */
	#leaving = false;
	/** It takes nothing new. */
	#stopping = false;

	private constructor(parts: GatewayParts, traffic: StoredTraffic) {
		this.#parts = parts;
		this.#switch = new TrafficSwitch(traffic, this.#tally, parts.config.takeover);
		const failures = new FailureLog(parts.log);
		this.#observers = new Observers(parts.config, parts.log, () => this.#status());
		this.#public = createPublicServer(this.#switch, {
			forwarder: new Forwarder(failures),
			tally: this.#tally,
			failures,
			webSockets: this.#webSockets,
			ended: (visit) => this.#observers.ended(visit),
			keepsConnections: () => this.#keepsConnections,
		});
		this.#public.on('connection', (socket: Socket) => {
			this.#publicSockets.add(socket);
			socket.once('close', () => this.#publicSockets.delete(socket));
		});
		closeIdleConnections(this.#public, () => !this.#keepsConnections);
		const controls = { status: () => this.#status(), order: (order: TrafficOrder) => this.#order(order), shutdown: () => void this.stop() };
		this.#control = createControlServer(parts.token, controlRoutes(controls), ({ message }) => parts.log('control-failed', { message }));
		this.#state = { pid: parts.pid, startedAt: new Date().toISOString(), publicUrl: '', controlUrl: '' };
	}

	/**
	 * Goes on with the traffic that the state file has. A hold comes back as a hold, with its limits: the gateway does not
	 * know whether the instances behind it still run their flows, and who ordered the hold will release it. Throws
	 * StartFailure where an address cannot be had; then the state file is as it was.
	 */
	static async start(parts: GatewayParts): Promise<Gateway> {
		const gateway = new Gateway(parts, await lastTraffic(parts));
		const { host, port } = parts.config;
		await gateway.#observers.start();
		const publicPort = await listen(gateway.#public, host, port).catch((error: Error) => {
			throw explainListenError(error, parts.config);
		});
		const controlUrl = await listenOnLoopback(gateway.#control, parts.config.controlPort);
		gateway.#state = {
			...gateway.#state,
			publicUrl: `http://${userFacing(host)}:${publicPort}`,
			controlUrl,
		};
		await gateway.#store(gateway.#switch.stored);
		parts.log('listening', { ...gateway.#state, traffic: gateway.#switch.stored });
		return gateway;
	}

	/**
	 * Goes on for as long as it is to, while clients leave; then takes nothing new, lets what is in flight end, for a bounded time, and closes
	 * all. The state file stays.
	 */
	async stop(): Promise<void> {
		if (this.#leaving) return;
		this.#leaving = true;
		const { log, stopped, config } = this.#parts;
		if (config.leaveMs > 0) {
			log('leaving', { ms: config.leaveMs });
			await new Promise((resolve) => setTimeout(resolve, config.leaveMs));
		}
		this.#stopping = true;
		log('stopping', { inFlight: this.#tally.requests.total });
		await this.#orders;
		const closed = new Promise((resolve) => this.#public.close(resolve));
		this.#control.close();
		this.#switch.stop();
		const end = Date.now() + stopMs;
		while (this.#tally.requests.total > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
		// A moment for the last answers and the refusals to leave.
		setTimeout(() => {
			for (const socket of this.#publicSockets) socket.destroy();
			this.#control.closeAllConnections();
		}, 50);
		await closed;
		await this.#observers.stop();
		log('stopped');
		stopped();
	}

	get #keepsConnections(): boolean {
		return !this.#leaving && !this.#switch.hasMoved;
	}

	#status(): GatewayStatus {
		const { upstreams } = this.#switch;
		return {
			kind: 'gateway',
			name: this.#parts.config.name,
			pid: this.#state.pid,
			url: this.#state.publicUrl,
			traffic: this.#switch.traffic,
			waiting: this.#switch.waiting,
			inFlight: this.#tally.requests.byInstance(upstreams),
			webSockets: this.#tally.webSockets.byInstance(upstreams),
			totals: { ...this.#tally.totals },
		};
	}

	#order(order: TrafficOrder): Promise<void> {
		const done = this.#orders.then(() => this.#carryOut(order));
		this.#orders = done.catch(() => {});
		return done;
	}

	async #carryOut(order: TrafficOrder): Promise<void> {
		if (this.#stopping) throw new Error('the gateway is stopping');
		this.#parts.log('traffic', { ...order });
		if (order.state === 'held') {
			await this.#hold(order.limits);
			// Whoever connects again waits for where the traffic goes next.
			this.#restartWebSockets([]);
			return;
		}
		// Clients may be waiting: the traffic moves, be the disk full or not.
		if (order.state === 'flowing') this.#switch.flow(order.upstreams, order.moved);
		else this.#switch.close();
		this.#restartWebSockets(this.#switch.upstreams);
		await this.#store(this.#switch.stored).catch((error: Error) => this.#parts.log('state-not-stored', { message: error.message }));
	}

	#restartWebSockets(kept: readonly Upstream[]): void {
		if (this.#parts.config.webSockets === 'close') this.#webSockets.restartAllBut(kept);
	}

	/** A hold that cannot be stored is undone: a cutover must not begin on a full disk. */
	async #hold(limits: { maxMs: number; maxRequests: number }): Promise<void> {
		const before = this.#switch.stored;
		this.#switch.hold(limits);
		try {
			await this.#store(this.#switch.stored);
		} catch (error) {
			if (before.state === 'flowing') this.#switch.flow(before.upstreams, before.moved);
			else if (before.state === 'closed') this.#switch.close();
			throw new Error(`the hold could not be stored: ${(error as Error).message}`);
		}
	}

	async #store(traffic: StoredTraffic): Promise<void> {
		await writeGatewayState(this.#parts.config.stateFile, { ...this.#state, traffic });
	}
}

async function lastTraffic({ config, log }: GatewayParts): Promise<StoredTraffic> {
	try {
		return (await readGatewayState(config.stateFile))?.traffic ?? config.traffic;
	} catch (error) {
		log('state-not-restored', { message: (error as Error).message });
		return { state: 'closed' };
	}
}

function listen(server: Server, host: string, port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ host, port, backlog: 4096 }, () => {
			server.off('error', reject);
			server.on('error', () => {});
			resolve((server.address() as AddressInfo).port);
		});
	});
}
