import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentCall, AgentCalls, ContextExport, ContextImport } from '../agent/protocol.ts';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { ControlRefusal } from '../lib/control/server.ts';
import { nothingHandled } from '../lib/cutover/cut.ts';
import { hasGivenWay } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { holderOf, whoHas } from '../lib/lease/holder.ts';
import type { LeaseRefusal, LeaseStore } from '../lib/lease/lease.ts';
import { LeaseKeeper } from '../lib/lease/lease-keeper.ts';
import { slotOf } from '../lib/promotion/journal.ts';
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
import type { FailoverHost, FailoverWorld } from './self-failover.ts';
import { SelfFailover } from './self-failover.ts';
import type { Predecessor } from './spare-watch.ts';
import { fromStore, onceStoreAnswers } from './store-silent.ts';
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
	readonly #lease: LeaseKeeper;
	/** Null where no primary is elected. */
	readonly #primary: PrimaryRole | null;
	readonly #nodeRed: SupervisedNodeRed;
	#state: InstanceState = 'starting';
	readonly #book: RoleBook;
	readonly #roles: Pick<RoleHook, 'roleChanged'>;
	/** Null where it does nothing by itself. */
	readonly #self: SelfFailover | null;
	/** How it ended while it was active, and when, where its lease was kept. */
	#ended: (Ending & { atMs: number }) | null = null;
	/** Its sources were closed for a hand-over: after a crash, the flows do not start again by themselves. */
	#handingOver = false;
	/** It ran the flows, and nobody has told it to stop since: it may take a lease that it lost, if that is still free. */
	#isToRun = false;
	readonly #context: HeldContext;
	readonly #clock: MonotonicClock;
	readonly #network: NetworkWatch;
	/** Calls that change the state run one after the other: Node-RED takes a start during a stop, and then runs both. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(config: RunnerConfig, { leases, failover, world, clock, log, roles, incarnation, network, secrets }: RunnerParts) {
		this.#config = config;
		this.#log = log;
		this.#failover = failover;
		this.#clock = clock;
		this.#network = network;
		this.#holder = holderOf(config.instance, incarnation);
		this.#roles = roles;
		this.#book = new RoleBook({ store: failover, clock, log, roles, identity: { instance: config.instance, seat: config.seat } });
		this.#nodeRed = new SupervisedNodeRed(config, {
			...{ secrets, clock, log, network },
			events: {
				up: (nodeRed) => this.#isUp(nodeRed),
				ended: (end) => this.#hasEnded(end),
				resting: ({ ending }) => this.#letGoIfSpareMay(ending),
			},
		});
		this.#self = world && config.failover && new SelfFailover(config, config.failover, world, this.#host());
		const confirm = this.#self?.confirmer(this.#holder, config.leaseTiming.ttlMs);
		this.#lease = new LeaseKeeper({
			store: leases,
			clock,
			seat: config.seat,
			holder: this.#holder,
			timing: config.leaseTiming,
			...(confirm && { confirm }),
			events: {
				extended: (untilMs, token, wallOffsetMs) => this.#nodeRed.process?.grantUntil(untilMs, token, wallOffsetMs),
				lost: (reason, token) => {
					const ending: Ending = { cause: 'lease lost', detail: reason };
					this.#nodeRed.end(ending); // it is started anew, standing by
					this.#ended = { ...ending, atMs: clock.nowMs() };
					void this.#book.ended(token, ending);
					this.#self?.leaveTraffic();
				},
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
				const [token, url, localUrl] = [this.#lease.token, this.#nodeRed.url, this.#nodeRed.localUrl];
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
		if (ending.cause === 'asked') await this.#letGo(ending);
		else if (before !== 'demoting') await this.#afterEnd(ending);
		if (restart.state === 'failed') this.#roles.roleChanged('failed', `${ending.cause}: ${ending.detail}`, null);
		if (restart.bootLoop !== null) this.#book.doesNotComeUp({ ended: restart.bootLoop, how, log: this.#whereLogIs });
	}

	/** A spare that could not go on when Node-RED ended may do so in a moment: when failover is no longer paused. */
	async #letGoIfSpareMay(ending: Ending): Promise<void> {
		if (this.#lease.token !== null && !(await this.#whyKeepSeat())) await this.#letGo(ending);
	}

	/** Ends Node-RED and frees the lease. */
	async stop(): Promise<void> {
		this.#state = 'stopping';
		this.#primary?.standStill();
		if (this.#lease.token !== null) await this.#self?.holdTraffic(IN_FLIGHT_MS);
		await this.#nodeRed.stop();
		await this.#primary?.giveUp();
		const token = this.#lease.token;
		if (token !== null) await this.#book.ended(token, { cause: 'asked', detail: 'it was ended' });
		await this.#lease.giveUp(null);
		if (token !== null) await this.#self?.leaveTrafficFor(LEAVE_MS);
	}

	status(): InstanceStatus {
		const token = this.#lease.token;
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
			await sleep(this.#self?.restMs ?? 0);
			const holder = await this.#seek(() => this.#lease.acquireFromTheDead(deadline - performance.now()));
			if (holder) throw new ControlRefusal('SEAT_TAKEN', `${holder} holds the seat '${this.#config.seat}'`);
			this.#handingOver = false;
			this.#ended = null;
			this.#state = 'activating';
			try {
				await this.#primary?.enter(deadline - performance.now());
				const gate = cut ? await this.ask('open', { order: cut }, timeoutMs) : null;
				if (!cut) {
					await this.#context.restore(this.#nodeRed.process, timeoutMs);
					await this.ask('start', {}, timeoutMs);
				}
				this.#isActive();
				if (this.#lease.token !== null) this.#book.activated(this.#lease.token);
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
			if (this.#self?.restMs || (await this.#seekFromStore())) return;
			this.#handingOver = false;
			this.#ended = null;
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
			if (this.#lease.token !== null) this.#book.tookOver(this.#lease.token, predecessor);
			this.#self?.bringTraffic(this.#config.instance);
		});
	}

	/** Leaves the seat to another instance for a while, unless it has it itself. */
	confirm(holder: string, forMs: number): boolean {
		return this.#lease.token === null && (this.#self?.promise(holder, forMs) ?? false);
	}

	/** Where the gate opens: a spare that is not hot knows of nothing that somebody else has handled. */
	#lastOrder(): Promise<CutOrder> {
		return this.#self?.lastOrder() ?? Promise.resolve(nothingHandled);
	}

	/** @throws StoreSilent */
	#seekFromStore(): Promise<string | null> {
		return fromStore(() => this.#seek(() => this.#lease.acquire()));
	}

	/** @returns who has the seat; null: this instance has taken it */
	async #seek(acquire: () => Promise<LeaseRefusal | null>): Promise<string | null> {
		return this.#self ? await this.#self.seek(acquire) : whoHas(await acquire());
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
		this.#isToRun = false;
		if (!this.#nodeRed.process) return await this.#letGo(ending);
		if (this.#lease.token === null) return;
		// Not in turn: what the flows' start waits for may be what hangs.
		this.#nodeRed.end(ending);
		while (this.#lease.token !== null) await sleep(POLL_MS);
	}

	/** Reached by nobody, it serves nobody, and a broker that it does not reach either evicts nobody: another instance is to go on. */
	async #endWhereCutOff(): Promise<void> {
		const nodeRed = this.#nodeRed.process;
		// Between two Node-REDs, whoever waits for the next one lets the seat go.
		if (!nodeRed || this.#lease.token === null || this.#state === 'stopping' || (await this.#whyKeepSeat())) return;
		this.#nodeRed.end({ cause: 'cut off', detail: 'its container has no address in its network' });
		await nodeRed.exited;
	}

	/** A spare may go on: then the seat is free at once, with no time to wait for. Else its flows start again here, under the same lease. */
	async #afterEnd(ending: Ending): Promise<void> {
		const token = this.#lease.token;
		if (token === null) return;
		const because = await this.#whyKeepSeat();
		if (!because) return await this.#letGo(ending);
		this.#log.write('it keeps the seat', { because });
		this.#roles.roleChanged('standby', `${ending.cause}: ${ending.detail}`, token);
		this.#ended = { ...ending, atMs: this.#clock.nowMs() };
	}

	async #letGo(ending: Ending): Promise<void> {
		const token = this.#lease.token;
		if (token === null) return;
		this.#isToRun = false;
		this.#ended = null;
		await this.#book.ended(token, ending);
		await this.#lease
			.giveUp(null)
			.catch((error) => this.#log.write('the lease was not given up; it ends by itself', { error: String(error) }));
		this.#self?.leaveTraffic();
	}

	async #whyKeepSeat(): Promise<string | null> {
		if (!this.#self) return 'it has no spare';
		return this.#handingOver ? 'a promotion moves it' : await this.#self.whyKeepSeat();
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
			if (this.#lease.token === null) this.#require('active');
			this.#handingOver = true;
			this.#primary?.standStill();
			// Crashed, and about to be started again: what does not run has no sources, and gets none any more.
			if (this.#state !== 'active') return nothing;
			this.#state = 'quiesced';
			return await this.ask('quiesce', { timeoutMs }, timeoutMs * 2);
		});
	}

	drain(deadlineMs: number): Promise<DrainReport> {
		// What was inside a Node-RED that crashed went with it.
		if (this.#handingOver && this.#state !== 'quiesced') return Promise.resolve({ drained: true, left: [], durationMs: 0 });
		return this.ask('drain', { deadlineMs }, deadlineMs * 2);
	}

	demote(handOverTo: string | null, timeoutMs: number): Promise<void> {
		return this.#inTurn(async () => {
			this.#isToRun = false;
			const token = this.#lease.token;
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
		const standsBy = () => this.#nodeRed.process === nodeRed && this.#lease.token === null && this.#state !== 'stopping';
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
		await this.#lease.giveUp(handOverTo);
		this.#self?.leaveTraffic();
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
		if (this.#handingOver || this.#state !== 'standby') return;
		if (this.#lease.token === null && !(await this.#getsLeaseBack())) return;
		this.#state = 'activating';
		this.#lease.announce();
		await this.#primary?.enter(this.#config.startMs);
		await nodeRed.call('start', {}, this.#config.startMs);
		this.#isActive();
		if (this.#lease.token !== null && this.#ended) this.#book.wentOn(this.#lease.token, this.#ended);
		this.#ended = null;
		this.#self?.rejoinTraffic(this.#config.instance);
	}

	/** After a stall (of the disk, or of this process) the seat is often free still: then it is not left empty. @throws StoreSilent */
	async #getsLeaseBack(): Promise<boolean> {
		if (!this.#isToRun) return false;
		const intent = await fromStore(() => this.#failover.intent());
		if (hasGivenWay(slotOf(this.#config.instance), intent)) {
			this.#isToRun = false;
			this.#ended = null;
			return false;
		}
		// Then its own watch takes it, or a spare that is nearer to going on.
		if (this.#self && !(await this.#whyKeepSeat())) {
			this.#isToRun = false;
			return false;
		}
		const heldBy = await this.#seekFromStore();
		if (!heldBy) {
			// Told to resign or to stop while it asked.
			if (this.#isToRun && this.#state === 'standby') return true;
			await fromStore(() => this.#lease.giveUp(null));
			return false;
		}
		this.#log.write('somebody else has the seat', { heldBy });
		this.#isToRun = false;
		this.#ended = null;
		return false;
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
		this.#isToRun = true;
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
