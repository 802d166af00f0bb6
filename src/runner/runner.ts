import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentCall, AgentCalls, ContextExport, ContextImport } from '../agent/protocol.ts';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { ControlRefusal } from '../lib/control/server.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';
import { LeaseKeeper } from '../lib/lease/lease-keeper.ts';
import type {
	CutOrder,
	DrainReport,
	GateReport,
	InstanceState,
	InstanceStatus,
	QuiesceReport,
	RunnerConfig,
} from '../lib/targets/instance.ts';
import { HeldContext } from './held-context.ts';
import type { Log } from './log.ts';
import { NodeRedProcess } from './node-red-process.ts';
import { Restarts } from './restarts.ts';
import { untilFlowsStayStopped } from './stopped-flows.ts';

/** While something is waited for. */
const POLL_MS = 50;

/**
 * One instance: a Node-RED whose flows run only while its seat's lease is held. The runner is Node-RED's parent, so it
 * knows when it is dead, and can end it when it hangs.
 */
export class Runner {
	readonly #config: RunnerConfig;
	readonly #holder: string;
	readonly #log: Log;
	readonly #credentialSecret: string;
	readonly #lease: LeaseKeeper;
	#nodeRed: NodeRedProcess | null = null;
	#listening: { port: number; nodeRed: string } | null = null;
	/** Kept when Node-RED is started again, so that the router finds it where it was. */
	#port = 0;
	#state: InstanceState = 'starting';
	readonly #restarts = new Restarts();
	#activeSince = 0;
	/** Its sources were closed for a hand-over: after a crash, the flows do not start again by themselves. */
	#handingOver = false;
	/** It ran the flows, and nobody has told it to stop since: it may take a lease that it lost, if that is still free. */
	#isToRun = false;
	readonly #context: HeldContext;
	/** Calls that change the state run one after the other: Node-RED takes a start during a stop, and then runs both. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(
		config: RunnerConfig,
		dependencies: { store: LeaseStore; clock: MonotonicClock; log: Log; pid: number; credentialSecret: string },
	) {
		this.#config = config;
		this.#log = dependencies.log;
		this.#credentialSecret = dependencies.credentialSecret;
		this.#holder = `${config.instance}@${dependencies.pid}`;
		this.#lease = new LeaseKeeper({
			store: dependencies.store,
			clock: dependencies.clock,
			seat: config.seat,
			holder: this.#holder,
			timing: config.leaseTiming,
			events: {
				extended: (untilMs) => this.#nodeRed?.grantUntil(untilMs),
				lost: (reason) => {
					this.#log.write('lease lost', { reason });
					this.#nodeRed?.kill(); // its end starts it anew, standing by
				},
			},
		});
		this.#context = new HeldContext((call, params, timeoutMs) => this.ask(call, params, timeoutMs));
		setInterval(() => this.#killIfHung(), config.hungMs / 5).unref();
	}

	/** Starts Node-RED, and again whenever it ends, until `stop`. */
	async run(): Promise<void> {
		while (this.#state !== 'stopping') {
			await untilFlowsStayStopped(this.#config.userDir, (error) =>
				this.#log.write('the flows cannot be kept stopped; trying again', { error }),
			);
			const nodeRed = new NodeRedProcess(this.#config, {
				credentialSecret: this.#credentialSecret,
				port: this.#port,
				logDescriptor: this.#log.descriptor,
			});
			this.#nodeRed = nodeRed;
			await this.#bringUp(nodeRed);
			const how = await nodeRed.exited;
			this.#nodeRed = null;
			this.#listening = null;
			if (this.#isStopping()) return;
			const next = this.#restarts.count(this.#state === 'active' ? performance.now() - this.#activeSince : null);
			this.#log.write('node-red ended', { how, state: this.#state, crashes: this.#restarts.crashes });
			this.#state = next.state;
			await sleep(next.delayMs);
		}
	}

	/** Ends Node-RED and frees the lease. */
	async stop(): Promise<void> {
		this.#state = 'stopping';
		await this.#nodeRed?.stop(this.#config.stopMs);
		await this.#lease.giveUp(null);
	}

	status(): InstanceStatus {
		const token = this.#lease.token;
		return {
			instance: this.#config.instance,
			holder: this.#holder,
			state: this.#state,
			seat: this.#config.seat,
			lease: token === null ? null : { token },
			pid: process.pid,
			childPid: this.#nodeRed?.pid ?? null,
			url: this.#listening ? `http://127.0.0.1:${this.#listening.port}` : null,
			nodeRed: this.#listening?.nodeRed ?? null,
			crashes: this.#restarts.crashes,
			agent: this.#nodeRed?.lastReport ?? null,
			log: this.#config.logFile,
		};
	}

	/** Puts a question to the agent that changes nothing of the instance's state. @throws ControlRefusal where Node-RED does not run */
	ask<C extends AgentCall>(call: C, params: AgentCalls[C]['params'], timeoutMs: number): Promise<AgentCalls[C]['result']> {
		if (!this.#nodeRed || !this.#listening) throw new ControlRefusal('NOT_RUNNING', `Node-RED of ${this.#config.instance} does not run`);
		return this.#nodeRed.call(call, params, timeoutMs);
	}

	/** Starts the flows behind a closed gate, without a lease: nothing of what they do gets out. */
	gate(timeoutMs: number): Promise<{ refused: string | null }> {
		return this.#inTurn(async () => {
			if (this.#state === 'gated') return { refused: null };
			this.#require('standby');
			try {
				const answer = await this.ask('startBehindGate', {}, timeoutMs);
				if (!answer.refused) this.#state = 'gated';
				return answer;
			} catch (error) {
				// Whether its flows run by now is not known: it must not be taken for one that stands by.
				this.#nodeRed?.kill();
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
			const behindGate = order !== undefined && this.#state === 'gated';
			if (!behindGate) this.#require('standby');
			const refusal = await this.#lease.acquireFromTheDead(deadline - performance.now());
			if (refusal) throw new ControlRefusal('SEAT_TAKEN', `${refusal.heldBy} holds the seat '${refusal.seat}'`);
			this.#handingOver = false;
			this.#state = 'activating';
			try {
				const gate = behindGate ? await this.ask('open', { order }, timeoutMs) : null;
				if (!behindGate) {
					await this.#context.restore(this.#nodeRed, timeoutMs);
					await this.ask('start', {}, timeoutMs);
				}
				this.#isActive();
				return gate;
			} catch (error) {
				await this.#stopFlows(timeoutMs, null);
				throw error;
			}
		});
	}

	quiesce(timeoutMs: number): Promise<QuiesceReport> {
		return this.#inTurn(async () => {
			const nothing: QuiesceReport = {
				closed: [],
				stuck: [],
				unknown: [],
				streams: { connections: [], streams: [], marks: [], counts: {}, lost: [], closedAtMs: null },
			};
			if (this.#state === 'quiesced') return nothing;
			if (this.#lease.token === null) this.#require('active');
			this.#handingOver = true;
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
			if (this.#lease.token === null && this.#state !== 'gated') return;
			await this.#stopFlows(timeoutMs, handOverTo);
		});
	}

	/** Of the flows that run, or ran last. */
	exportContext(options: AgentCalls['exportContext']['params'], timeoutMs: number): Promise<ContextExport> {
		return this.#inTurn(() => this.#context.export(this.#nodeRed, options, timeoutMs));
	}

	importContext(values: string, timeoutMs: number): Promise<ContextImport> {
		return this.#inTurn(async () => {
			await this.#untilUp(performance.now() + timeoutMs);
			return await this.#context.import(this.#nodeRed, values, timeoutMs);
		});
	}

	/** The lease goes only when the flows no longer run: stopped by Node-RED, or dead with it. */
	async #stopFlows(timeoutMs: number, handOverTo: string | null): Promise<void> {
		this.#state = 'demoting';
		const nodeRed = this.#nodeRed;
		try {
			await this.ask('stop', {}, timeoutMs);
			nodeRed?.grantUntil(null);
			this.#state = 'standby';
		} catch (error) {
			this.#log.write('flows do not stop; killing node-red', { error: String(error) });
			nodeRed?.kill();
			await nodeRed?.exited;
		}
		await this.#lease.giveUp(handOverTo);
	}

	async #bringUp(nodeRed: NodeRedProcess): Promise<void> {
		try {
			this.#listening = await nodeRed.ready(this.#config.startMs);
			this.#port = this.#listening.port;
			this.#state = 'standby';
			this.#log.write('standing by', this.#listening);
			await this.#inTurn(() => this.#goOnIfActive(nodeRed));
		} catch (error) {
			this.#log.write('node-red does not come up', { error: String(error) });
			nodeRed.kill();
		}
	}

	/** It ended while active, and holds the lease still or again: nobody else runs the flows. */
	async #goOnIfActive(nodeRed: NodeRedProcess): Promise<void> {
		if (this.#handingOver || this.#state === 'active') return;
		if (this.#lease.token === null && !(await this.#getsLeaseBack())) return;
		this.#state = 'activating';
		this.#lease.announce();
		await nodeRed.call('start', {}, this.#config.startMs);
		this.#isActive();
	}

	/** After a stall (of the disk, or of this process) the seat is often free still: then it is not left empty. */
	async #getsLeaseBack(): Promise<boolean> {
		if (!this.#isToRun) return false;
		const refusal = await this.#lease.acquire();
		if (!refusal) return true;
		this.#log.write('somebody else has the seat', refusal);
		this.#isToRun = false;
		return false;
	}

	/** Waits for a Node-RED that is being started again. */
	async #untilUp(deadline: number): Promise<void> {
		while ((this.#state === 'starting' || this.#state === 'failed') && performance.now() < deadline) await sleep(POLL_MS);
	}

	#isActive(): void {
		this.#isToRun = true;
		this.#state = 'active';
		this.#context.isOf(this.#nodeRed);
		this.#activeSince = performance.now();
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#turn.then(work);
		this.#turn = result.catch(() => {});
		return result;
	}

	#require(state: InstanceState): void {
		if (this.#state !== state) throw new ControlRefusal('WRONG_STATE', `${this.#config.instance} is ${this.#state}, not ${state}`);
	}

	#isStopping(): boolean {
		return this.#state === 'stopping';
	}

	#killIfHung(): void {
		if (!this.#listening || !this.#nodeRed || this.#nodeRed.silentMs() < this.#config.hungMs) return;
		this.#log.write('node-red hangs; killing it', { silentMs: Math.round(this.#nodeRed.silentMs()) });
		this.#nodeRed.kill();
	}
}
