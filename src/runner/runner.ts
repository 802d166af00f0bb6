import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentCall, AgentCalls, ContextExport, ContextImport } from '../agent/protocol.ts';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { ControlRefusal } from '../lib/control/server.ts';
import { nothingHandled } from '../lib/cutover/cut.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { holderOf } from '../lib/lease/holder.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';
import type {
	CutOrder,
	DrainReport,
	GateReport,
	InstanceState,
	InstanceStatus,
	Position,
	QuiesceReport,
	RunnerConfig,
} from '../lib/targets/instance.ts';
import { HeldContext } from './held-context.ts';
import type { Log } from './log.ts';
import type { NetworkWatch } from './network-watch.ts';
import type { NodeRedProcess, NodeRedSecrets } from './node-red-process.ts';
import { PrimaryRole } from './primary-role.ts';
import type { Ending } from './role-book.ts';
import { RoleBook } from './role-book.ts';
import type { RoleHook } from './role-hook.ts';
import { Seat } from './seat.ts';
import type { FailoverHost, FailoverWorld } from './self-failover.ts';
import { SelfFailover } from './self-failover.ts';
import type { Predecessor } from './spare-watch.ts';
import { onceStoreAnswers } from './store-silent.ts';
import type { Ended } from './supervised-node-red.ts';
import { SupervisedNodeRed } from './supervised-node-red.ts';

/** While something is waited for. */
const POLL_MS = 50;
/** When it is to end: for whoever takes over to come up. */
const LEAVE_MS = 5_000;
/** For requests that are inside, before its flows stop. */
const IN_FLIGHT_MS = 1_000;
/** Until a promotion is over. */
const PROMOTION_POLL_MS = 500;

export interface RunnerParts {
	leases: LeaseStore;
	failover: FailoverStore;
	/** Null for an instance that does not become active by itself. */
	world: FailoverWorld | null;
	clock: MonotonicClock;
	log: Log;
	roles: Pick<RoleHook, 'roleChanged'>;
	/** Differs at each start: see `holderOf`. */
	incarnation: string;
	network: NetworkWatch;
	secrets: NodeRedSecrets;
}

/**
 * One instance: a Node-RED whose flows run only while its seat's lease is held. The runner is Node-RED's parent, so it
 * knows when it is dead, and can end it when it hangs.
 */
export class Runner {
	readonly #config: RunnerConfig;
	readonly #holder: string;
	readonly #failover: FailoverStore;
	readonly #log: Log;
	readonly #seat: Seat;
	/** Null where no primary is elected. */
	readonly #primary: PrimaryRole | null;
	readonly #nodeRed: SupervisedNodeRed;
	#state: InstanceState = 'starting';
	readonly #book: RoleBook;
	readonly #roles: Pick<RoleHook, 'roleChanged'>;
	/** Null where it does nothing by itself. */
	readonly #self: SelfFailover | null;
	readonly #context: HeldContext;
	readonly #network: NetworkWatch;
	/** Calls that change the state run one after the other: Node-RED takes a start during a stop, and then runs both. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(config: RunnerConfig, { leases, failover, world, clock, log, roles, incarnation, network, secrets }: RunnerParts) {
		this.#config = config;
		this.#log = log;
		this.#failover = failover;
		this.#network = network;
		this.#holder = holderOf(config.instance, incarnation);
		this.#roles = roles;
		this.#book = new RoleBook({ store: failover, clock, log, roles, identity: { instance: config.instance, seat: config.seat } });
		this.#nodeRed = new SupervisedNodeRed(config, {
			...{ secrets, clock, log, network },
			events: {
				up: (nodeRed) => this.#isUp(nodeRed),
				ended: (end) => this.#hasEnded(end),
				resting: ({ ending }) => this.#seat.letGoIfSpareMay(ending),
			},
		});
		this.#self = world && config.failover && new SelfFailover(config, config.failover, world, this.#host());
		this.#seat = new Seat(config, {
			...{ leases, failover, clock, log, roles, book: this.#book, self: this.#self, holder: this.#holder },
			events: {
				extended: (untilMs, token, wallOffsetMs) => this.#nodeRed.process?.grantUntil(untilMs, token, wallOffsetMs),
				lost: (ending) => this.#nodeRed.end(ending), // it is started anew, standing by
			},
		});
		this.#primary =
			config.primary &&
			new PrimaryRole({
				...{ store: leases, clock, instance: config.instance, holder: this.#holder },
				...{ timing: config.leaseTiming, sources: config.primary },
				tell: (message) => this.#nodeRed.process?.tellPrimary(message),
				log: (event, facts) => log.write(event, facts),
			});
		this.#context = new HeldContext((call, params, timeoutMs) => this.ask(call, params, timeoutMs));
		this.#self?.start();
		void network.run(() => this.#endWhereCutOff());
	}

	#host(): FailoverHost {
		return {
			ask: (call, params, timeoutMs) => this.ask(call, params, timeoutMs),
			gate: (timeoutMs) => this.gate(timeoutMs),
			state: () => this.#state,
			active: () => {
				const [token, url, localUrl] = [this.#seat.token, this.#nodeRed.url, this.#nodeRed.localUrl];
				return this.#state === 'active' && token !== null && url && localUrl ? { url, localUrl, token } : null;
			},
			ungate: () => this.#ungate(),
			takeOver: (predecessor) => this.#takeOver(predecessor),
			cutOff: () => this.#network.cutOff,
			end: (why) => this.#nodeRed.end(why),
		};
	}

	/** Starts Node-RED, and again whenever it ends, until `stop`. */
	async run(): Promise<void> {
		await this.#nodeRed.run();
	}

	async #isUp(nodeRed: NodeRedProcess): Promise<void> {
		this.#state = 'standby';
		this.#roles.roleChanged('standby', 'it came up', null);
		await onceStoreAnswers(() => this.#inTurn(() => this.#goOnIfActive(nodeRed)), nodeRed.exited, this.#log);
	}

	async #hasEnded({ ending, how, restart }: Ended): Promise<void> {
		await this.#primary?.giveUp();
		const before = this.#state;
		this.#state = restart.state;
		if (ending.cause === 'asked') await this.#seat.letGo(ending);
		else if (before !== 'demoting') await this.#seat.keepOrLetGo(ending);
		if (restart.state === 'failed') this.#roles.roleChanged('failed', `${ending.cause}: ${ending.detail}`, null);
		if (restart.bootLoop !== null) this.#book.doesNotComeUp({ ended: restart.bootLoop, how, log: this.#whereLogIs });
	}

	/** Ends Node-RED and frees the lease. */
	async stop(): Promise<void> {
		this.#state = 'stopping';
		this.#primary?.standStill();
		if (this.#seat.token !== null) await this.#self?.holdTraffic(IN_FLIGHT_MS);
		await this.#nodeRed.stop();
		await this.#primary?.giveUp();
		const hadSeat = await this.#seat.end({ cause: 'asked', detail: 'it was ended' });
		if (hadSeat) await this.#self?.leaveTrafficFor(LEAVE_MS);
	}

	status(): InstanceStatus {
		const { token } = this.#seat;
		return {
			instance: this.#config.instance,
			holder: this.#holder,
			state: this.#state,
			seat: this.#config.seat,
			lease: token === null ? null : { token },
			following: this.#self?.following ?? null,
			primary: this.#primary?.held ?? null,
			pid: process.pid,
			...this.#nodeRed.status(),
			probes: this.#self?.probes ?? null,
			log: this.#whereLogIs,
		};
	}

	get #whereLogIs(): string {
		const { log } = this.#config;
		return log.kind === 'file' ? log.path : log.where;
	}

	/** How far its flows have come, or had come when their Node-RED ended; null where nobody follows. */
	get position(): Position | null {
		return this.#nodeRed.position;
	}

	/** Puts a question to the agent that changes nothing of the instance's state. @throws ControlRefusal where Node-RED does not run */
	ask<C extends AgentCall>(call: C, params: AgentCalls[C]['params'], timeoutMs: number): Promise<AgentCalls[C]['result']> {
		return this.#nodeRed.ask(call, params, timeoutMs);
	}

	/** What it has loaded. Waits, within the time, for a Node-RED that is being started again. @throws ControlRefusal as `ask` */
	async validate(timeoutMs: number): Promise<AgentCalls['validate']['result']> {
		const deadline = performance.now() + timeoutMs;
		await this.#untilUp(deadline);
		return await this.ask('validate', {}, deadline - performance.now());
	}

	/**
	 * Starts the flows behind a closed gate, without a lease: nothing of what they do gets out. Waits, within the time, for a Node-RED that
	 * is being started again.
	 */
	gate(timeoutMs: number): Promise<{ refused: string | null }> {
		return this.#inTurn(async () => {
			if (this.#state === 'gated') return { refused: null };
			const deadline = performance.now() + timeoutMs;
			await this.#untilUp(deadline);
			this.#require('standby');
			try {
				const answer = await this.ask('startBehindGate', {}, deadline - performance.now());
				if (!answer.refused) this.#state = 'gated';
				return answer;
			} catch (error) {
				// Whether its flows run by now is not known: it must not be taken for one that stands by.
				this.#nodeRed.process?.kill();
				throw error;
			}
		});
	}

	/** Waits, within the time, for a Node-RED that is being started again, and for the end of a lease that nobody renews. */
	activate(timeoutMs: number, order?: CutOrder): Promise<GateReport | null> {
		return this.#inTurn(async () => {
			if (this.#state === 'active') return null;
			const deadline = performance.now() + timeoutMs;
			await this.#untilUp(deadline);
			// Started again after a crash, it stands by without a gate.
			const behindGate = this.#state === 'gated';
			if (!behindGate) this.#require('standby');
			// A hot spare that somebody else makes active goes on from what it knows.
			const cut = behindGate ? (order ?? (await this.#lastOrder())) : null;
			const holder = await this.#seat.take(deadline);
			if (holder) throw new ControlRefusal('SEAT_TAKEN', `${holder} holds the seat '${this.#config.seat}'`);
			this.#state = 'activating';
			try {
				await this.#primary?.enter(deadline - performance.now());
				const gate = cut ? await this.ask('open', { order: cut }, timeoutMs) : null;
				if (!cut) {
					await this.#context.restore(this.#nodeRed.process, timeoutMs);
					await this.ask('start', {}, timeoutMs);
				}
				this.#isActive();
				this.#seat.activated();
				return gate;
			} catch (error) {
				await this.#stopFlows(timeoutMs, null);
				throw error;
			}
		});
	}

	/** Becomes active by itself, unless somebody else was faster. */
	#takeOver(predecessor: Predecessor | null): Promise<void> {
		return this.#inTurn(async () => {
			const behindGate = this.#state === 'gated';
			if (this.#state !== 'standby' && !behindGate) return;
			if (!(await this.#seat.takeIfFree())) return;
			this.#state = 'activating';
			try {
				await this.#primary?.enter(this.#config.startMs);
				if (behindGate) await this.ask('open', { order: await this.#lastOrder() }, this.#config.startMs);
				else await this.ask('start', {}, this.#config.startMs);
			} catch (error) {
				await this.#stopFlows(this.#config.stopMs, null);
				throw error;
			}
			this.#isActive();
			this.#seat.tookOver(predecessor);
			this.#self?.bringTraffic(this.#config.instance);
		});
	}

	/** Leaves the seat to another instance for a while, unless it has it itself. */
	confirm(holder: string, forMs: number): boolean {
		return this.#seat.confirm(holder, forMs);
	}

	/** Where the gate opens: a spare that is not hot knows of nothing that somebody else has handled. */
	#lastOrder(): Promise<CutOrder> {
		return this.#self?.lastOrder() ?? Promise.resolve(nothingHandled);
	}

	#ungate(): Promise<void> {
		return this.#inTurn(async () => {
			if (this.#state === 'gated') await this.#stopFlows(this.#config.stopMs, null);
		});
	}

	/**
	 * Lets the seat go by force, also where automatic failover is paused: Node-RED is killed as it is, undrained, and comes back
	 * standing by. No effect where this instance holds no lease.
	 * @param detail for the history: who asked
	 */
	async resign(detail: string): Promise<void> {
		const ending: Ending = { cause: 'asked', detail };
		this.#seat.withdraw();
		if (!this.#nodeRed.process) return await this.#seat.letGo(ending);
		if (this.#seat.token === null) return;
		// Not in turn: what the flows' start waits for may be what hangs.
		this.#nodeRed.end(ending);
		while (this.#seat.token !== null) await sleep(POLL_MS);
	}

	/** Reached by nobody, it serves nobody, and a broker that it does not reach either evicts nobody: another instance is to go on. */
	async #endWhereCutOff(): Promise<void> {
		const nodeRed = this.#nodeRed.process;
		// Between two Node-REDs, whoever waits for the next one lets the seat go.
		if (!nodeRed || this.#seat.token === null || this.#state === 'stopping' || (await this.#seat.whyKeep())) return;
		this.#nodeRed.end({ cause: 'cut off', detail: 'its container has no address in its network' });
		await nodeRed.exited;
	}

	quiesce(timeoutMs: number): Promise<QuiesceReport> {
		return this.#inTurn(async () => {
			const nothing: QuiesceReport = {
				closed: [],
				stuck: [],
				unknown: [],
				streams: { session: '', connections: [], streams: [], marks: [], counts: {}, lost: [], closedAtMs: null },
			};
			if (this.#state === 'quiesced') return nothing;
			if (this.#seat.token === null) this.#require('active');
			this.#seat.beginHandOver();
			this.#primary?.standStill();
			// Crashed, and about to be started again: what does not run has no sources, and gets none any more.
			if (this.#state !== 'active') return nothing;
			this.#state = 'quiesced';
			return await this.ask('quiesce', { timeoutMs }, timeoutMs * 2);
		});
	}

	drain(deadlineMs: number): Promise<DrainReport> {
		// What was inside a Node-RED that crashed went with it.
		if (this.#seat.handingOver && this.#state !== 'quiesced') return Promise.resolve({ drained: true, left: [], durationMs: 0 });
		return this.ask('drain', { deadlineMs }, deadlineMs * 2);
	}

	demote(handOverTo: string | null, timeoutMs: number): Promise<void> {
		return this.#inTurn(async () => {
			this.#seat.withdraw();
			const { token } = this.#seat;
			if (token === null && this.#state !== 'gated') return;
			await this.#stopFlows(timeoutMs, handOverTo);
			if (this.#nodeRed.drifted) void this.#comeUpAsPromoted(this.#nodeRed.process);
			if (token !== null) void this.#book.ended(token, { cause: 'asked', detail: '' });
		});
	}

	/**
	 * Changed in place, its flows are not what a rollback, a switchover or a failover is to start. It waits for the promotion's end,
	 * which may go back to these very flows.
	 */
	async #comeUpAsPromoted(nodeRed: NodeRedProcess | null): Promise<void> {
		const standsBy = () => this.#nodeRed.process === nodeRed && this.#seat.token === null && this.#state !== 'stopping';
		while (standsBy()) {
			await sleep(PROMOTION_POLL_MS, undefined, { ref: false });
			const isOver = await this.#failover.intent().then(
				({ promotion }) => promotion === null,
				() => false,
			);
			if (!isOver) continue;
			const detail = 'its flows were changed in place; it comes up with those of its release';
			return await this.#inTurn(async () => {
				if (standsBy()) this.#nodeRed.end({ cause: 'asked', detail });
			});
		}
	}

	/** Of the flows that run, or ran last. */
	exportContext(options: AgentCalls['exportContext']['params'], timeoutMs: number): Promise<ContextExport> {
		return this.#inTurn(() => this.#context.export(this.#nodeRed.process, options, timeoutMs));
	}

	importContext(values: string, timeoutMs: number): Promise<ContextImport> {
		return this.#inTurn(async () => {
			await this.#untilUp(performance.now() + timeoutMs);
			return await this.#context.import(this.#nodeRed.process, values, timeoutMs);
		});
	}

	/** The lease goes only when the flows no longer run: stopped by Node-RED, or dead with it. */
	async #stopFlows(timeoutMs: number, handOverTo: string | null): Promise<void> {
		this.#primary?.standStill();
		// Between two Node-REDs none run, and the next one comes up with them stopped.
		if (!this.#isComingUp) await this.#stopRunningFlows(timeoutMs);
		await this.#primary?.giveUp();
		await this.#seat.giveUp(handOverTo);
	}

	async #stopRunningFlows(timeoutMs: number): Promise<void> {
		this.#state = 'demoting';
		const nodeRed = this.#nodeRed.process;
		try {
			await this.ask('stop', {}, timeoutMs);
			nodeRed?.grantUntil(null, null);
			this.#state = 'standby';
		} catch (error) {
			this.#log.write('flows do not stop; killing node-red', { error: String(error) });
			nodeRed?.kill();
			await nodeRed?.exited;
		}
	}

	/** It ended while active, and holds the lease still or again: nobody else runs the flows. @throws StoreSilent */
	async #goOnIfActive(nodeRed: NodeRedProcess): Promise<void> {
		if (!(await this.#seat.mayGoOn(() => this.#state === 'standby'))) return;
		this.#state = 'activating';
		this.#seat.announce();
		await this.#primary?.enter(this.#config.startMs);
		await nodeRed.call('start', {}, this.#config.startMs);
		this.#isActive();
		this.#seat.wentOn();
		this.#self?.rejoinTraffic(this.#config.instance);
	}

	/** Waits for a Node-RED that is being started again. */
	async #untilUp(deadline: number): Promise<void> {
		// Flows that did not stop were ended with their Node-RED, which is told of in a moment.
		while ((this.#isComingUp || this.#state === 'demoting') && performance.now() < deadline) await sleep(POLL_MS);
	}

	get #isComingUp(): boolean {
		return this.#state === 'starting' || this.#state === 'failed';
	}

	#isActive(): void {
		this.#state = 'active';
		this.#context.isOf(this.#nodeRed.process);
		this.#nodeRed.forgetPosition();
		this.#self?.receiveTraffic();
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#turn.then(work);
		this.#turn = result.catch(() => {});
		return result;
	}

	#require(state: InstanceState): void {
		if (this.#state !== state) throw new ControlRefusal('WRONG_STATE', `${this.#config.instance} is ${this.#state}, not ${state}`);
	}
}
