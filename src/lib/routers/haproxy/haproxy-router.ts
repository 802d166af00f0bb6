import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../adapters/process-identity.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { HoldLimits, Router, RouterStatus, StoredTraffic, Upstream, WebSocketPolicy } from '../router.ts';
import type { HaproxyFacts } from './facts.ts';
import { factCommands, readFacts } from './facts.ts';
import type { HaproxyFiles } from './haproxy-files.ts';
import { backendFor } from './hold-backends.ts';
import { isHaproxyOf } from './identity.ts';
import { gateOrders, holdOrders, NoServer, routeOrders, serverOrders, webSocketOrders } from './orders.ts';
import { ask, HaproxyGone, order } from './runtime-socket.ts';
import type { HaproxyState } from './state-file.ts';
import { readHaproxyState, writeHaproxyState } from './state-file.ts';
import { inFlightOf, trafficOf, upstreamsOf, waitingOf, webSocketsOf } from './view.ts';

/** An occupant passes three sockets of HAProxy's own. */
const occupyMs = 3_000;

export interface HaproxyRouterOptions {
	/** `close`: a hold cuts all WebSockets. HAProxy cannot tell them why. */
	webSockets: WebSocketPolicy;
}

/** HAProxy as a router, by its runtime socket alone. Keeps nothing: each call asks HAProxy anew. */
export class HaproxyRouter implements Router {
	readonly #files: HaproxyFiles;
	readonly #options: HaproxyRouterOptions;

	constructor(files: HaproxyFiles, options: HaproxyRouterOptions = { webSockets: 'keep' }) {
		this.#files = files;
		this.#options = options;
	}

	/** Null where none runs. Throws FlowferryError where one runs and does not answer properly. */
	async status(): Promise<RouterStatus | null> {
		const state = await readHaproxyState(this.#files.stateFile);
		const facts = state && (await this.#facts(state));
		if (!facts) return null;
		return {
			kind: 'haproxy',
			url: state.publicUrl,
			traffic: trafficOf(facts),
			waiting: waitingOf(facts),
			inFlight: inFlightOf(facts),
			webSockets: webSocketsOf(facts),
			totals: facts.totals,
		};
	}

	/** Throws HAPROXY_DOWN where none runs, HAPROXY_REFUSED where it will not; then nothing is held that was not before. */
	async hold(limits: HoldLimits): Promise<void> {
		const { state, facts } = await this.#running();
		const since = facts.map.state === 'held' ? facts.map.since : new Date().toISOString();
		await this.#hold(state, facts, { state: 'held', since, limits, upstreams: upstreamsOf(facts) });
		await this.#cutWebSockets([]);
	}

	/** Throws HAPROXY_DOWN where none runs, HAPROXY_REFUSED where it will not. */
	async route(upstreams: Upstream[]): Promise<void> {
		const { state, facts } = await this.#running();
		await this.#order(() => routeOrders(upstreams, facts));
		await this.#cutWebSockets(upstreams);
		const traffic: StoredTraffic = upstreams.length === 0 ? { state: 'closed' } : { state: 'flowing', upstreams };
		// The traffic has moved, be the disk full or not: the state file is for a crash, after which `up` routes anew.
		await writeHaproxyState(this.#files.stateFile, { ...state, traffic }).catch(() => {});
	}

	/** Brings one that has just started to the traffic that its predecessor had. */
	async restore(traffic: StoredTraffic): Promise<void> {
		if (traffic.state === 'closed') return;
		if (traffic.state === 'flowing') return await this.route(traffic.upstreams);
		const { state, facts } = await this.#running();
		await this.#order(() => serverOrders(traffic.upstreams, facts));
		await this.#hold(state, facts, traffic);
	}

	/** Stored before it acts: a cutover must not begin on a full disk. */
	async #hold(state: HaproxyState, facts: HaproxyFacts, traffic: StoredTraffic & { state: 'held' }): Promise<void> {
		const backend = backendFor(
			traffic.limits.maxMs,
			facts.holds.map(({ name }) => name),
		);
		await writeHaproxyState(this.#files.stateFile, { ...state, traffic });
		await this.#order(() => gateOrders(backend));
		await this.#occupy(backend);
		await this.#order(() => holdOrders(backend, traffic.limits, traffic.since));
	}

	/** Takes the one room that a closed gate has, once for the whole life of this HAProxy. */
	async #occupy(backend: string): Promise<void> {
		const end = performance.now() + occupyMs;
		for (let sent = false; ; sent = true) {
			const { facts } = await this.#running();
			if (facts.holds.some(({ name, occupied }) => name === backend && occupied)) return;
			if (performance.now() >= end) throw refused(this.#files, new Error(`the gate of ${backend} does not close`));
			if (!sent) await sendOccupant(this.#files.occupantFile, backend);
			else await sleep(2);
		}
	}

	async #cutWebSockets(upstreams: Upstream[]): Promise<void> {
		if (this.#options.webSockets === 'keep') return;
		const { facts } = await this.#running();
		const orders = webSocketOrders(upstreams, facts);
		if (orders.length > 0) await this.#order(() => orders);
	}

	async #order(commands: () => string[]): Promise<void> {
		try {
			await order(this.#files.socketFile, commands());
		} catch (error) {
			throw error instanceof HaproxyGone ? down(this.#files) : refused(this.#files, error as Error);
		}
	}

	async #running(): Promise<{ state: HaproxyState; facts: HaproxyFacts }> {
		const state = await readHaproxyState(this.#files.stateFile);
		const facts = state && (await this.#facts(state));
		if (!facts) throw down(this.#files);
		return { state, facts };
	}

	async #facts(state: HaproxyState): Promise<HaproxyFacts | null> {
		try {
			return readFacts(await ask(this.#files.socketFile, factCommands));
		} catch (error) {
			if (error instanceof HaproxyGone && !(await this.#stillRuns(state))) return null;
			throw unresponsive(this.#files, error as Error);
		}
	}

	async #stillRuns({ pid }: HaproxyState): Promise<boolean> {
		return pid !== null && isAlive(pid) && (await isHaproxyOf(pid, this.#files.configFile));
	}
}

/** Whoever sends it may leave at once: HAProxy keeps it. */
function sendOccupant(occupantFile: string, backend: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = createConnection(occupantFile);
		socket.on('error', reject);
		socket.on('close', () => resolve());
		socket.on('connect', () => {
			socket.end(`GET / HTTP/1.1\r\nhost: flowferry\r\nflowferry-occupant: ${backend}\r\n\r\n`, () => socket.destroy());
		});
	});
}

function down({ stateFile }: HaproxyFiles): FlowferryError {
	return new FlowferryError({
		code: 'HAPROXY_DOWN',
		message: `No HAProxy runs for ${stateFile}, so its traffic cannot be changed`,
		hint: 'Start it with `flowferry up`.',
	});
}

function refused({ logFile }: HaproxyFiles, cause: Error): FlowferryError {
	return new FlowferryError({
		code: 'HAPROXY_REFUSED',
		message: `HAProxy refused an order: ${cause.message}`,
		hint:
			cause instanceof NoServer
				? 'Its configuration has servers for 16 instances in each slot: set instances to 16 or less.'
				: `Look into ${logFile}; \`flowferry status\` shows what it does with the traffic.`,
		exitStatus: ExitStatus.internal,
		cause,
	});
}

function unresponsive({ socketFile }: HaproxyFiles, cause: NodeJS.ErrnoException): FlowferryError {
	const denied = cause.code === 'EACCES' || cause.code === 'EPERM';
	return new FlowferryError({
		code: denied ? 'HAPROXY_NOT_ALLOWED' : 'HAPROXY_UNRESPONSIVE',
		message: `HAProxy's runtime socket ${socketFile} ${denied ? 'is not this user' + "'s" : 'does not answer'}: ${cause.message}`,
		hint: denied
			? 'Run as the user who started it.'
			: 'Look into its log, haproxy.log beside the socket; `flowferry down` ends it and `flowferry up` starts it again.',
		exitStatus: denied ? ExitStatus.usage : ExitStatus.internal,
		cause,
	});
}
