import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentCall, AgentCalls } from '../agent/protocol.ts';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { ControlRefusal } from '../lib/control/server.ts';
import type { InstanceStatus, Position, RunnerConfig } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';
import type { NetworkWatch } from './network-watch.ts';
import type { NodeRedPorts, NodeRedSecrets } from './node-red-process.ts';
import { NodeRedProcess } from './node-red-process.ts';
import { Pulse } from './pulse.ts';
import type { Restart } from './restarts.ts';
import { onRequest, Restarts } from './restarts.ts';
import type { Ending } from './role-book.ts';
import { untilUserDirIsReady } from './stopped-flows.ts';

/** Of the time after which a Node-RED that gives no sign of life is killed: how often it is looked for. */
const PULSE_FRACTION = 20;
/** Between two starts: how often whoever waits for the next one is asked whether something else is to be done. */
const ASK_AGAIN_MS = 500;

/** How a Node-RED ended, and what becomes of it. */
export interface Ended {
	ending: Ending;
	/** In the system's words: `ended by SIGKILL`. */
	how: string;
	restart: Restart;
}

/** Told of what becomes of Node-RED; each is waited for. */
export interface SupervisionEvents {
	/** Palette and flows are loaded, and the flows stand stopped. Where this throws, it is ended again. */
	up(nodeRed: NodeRedProcess): Promise<void>;
	ended(end: Ended): Promise<void>;
	/** Now and then before the next start. */
	resting(end: Ended): Promise<void>;
}

/** A Node-RED that is started again whenever it ends, ever later where it does not stay up, and killed where it hangs. */
export class SupervisedNodeRed {
	readonly #config: RunnerConfig;
	readonly #secrets: NodeRedSecrets;
	readonly #clock: Pick<MonotonicClock, 'offsetMs'>;
	readonly #log: Log;
	readonly #network: Pick<NetworkWatch, 'listenHost' | 'listenPort' | 'localUrlOf' | 'urlOf'>;
	readonly #events: SupervisionEvents;
	readonly #restarts = new Restarts();
	#process: NodeRedProcess | null = null;
	#listening: NodeRedPorts | null = null;
	/** Kept when Node-RED is started again, so that the router, or a tunnel, finds it where it was. */
	#port: number;
	#editorPort = 0;
	/** When the process that runs was ready; null before. */
	#upSince: number | null = null;
	/** Of the process that ended last. */
	#position: Position | null = null;
	/** Why it is about to end, where it is killed. */
	#ending: Ending | null = null;
	#stopping = false;

	constructor(
		config: RunnerConfig,
		parts: {
			secrets: NodeRedSecrets;
			clock: Pick<MonotonicClock, 'offsetMs'>;
			log: Log;
			network: Pick<NetworkWatch, 'listenHost' | 'listenPort' | 'localUrlOf' | 'urlOf'>;
			events: SupervisionEvents;
		},
	) {
		this.#config = config;
		this.#secrets = parts.secrets;
		this.#clock = parts.clock;
		this.#log = parts.log;
		this.#network = parts.network;
		this.#port = parts.network.listenPort;
		this.#events = parts.events;
		this.#watchPulse();
	}

	/** The process that runs; null between two. */
	get process(): NodeRedProcess | null {
		return this.#process;
	}

	/** Where it serves the flows' HTTP; null while it does not, or while nobody could reach it. */
	get url(): string | null {
		return this.#listening && this.#network.urlOf(this.#listening.port);
	}

	/** The same for this runner, with nothing in between. */
	get localUrl(): string | null {
		return this.#listening && this.#network.localUrlOf(this.#listening.port);
	}

	/** How far its flows have come, or had come when their process ended; null where nobody follows. */
	get position(): Position | null {
		return this.#process?.position ?? this.#position;
	}

	/** Whether somebody has changed its flows or credentials in place; null while nothing is loaded. */
	get drifted(): boolean | null {
		const { rev, credentialsChanged = false } = this.#process?.lastReport ?? { rev: null };
		return rev === null ? null : credentialsChanged || rev !== this.#config.rev;
	}

	/** Its part of an instance's status. */
	status(): Pick<InstanceStatus, 'childPid' | 'url' | 'editor' | 'nodeRed' | 'crashes' | 'heartbeatMs' | 'drifted' | 'agent'> {
		return {
			childPid: this.#process?.pid ?? null,
			url: this.url,
			editor: this.#listening?.editorPort ? `http://127.0.0.1:${this.#listening.editorPort}/` : null,
			nodeRed: this.#listening?.nodeRed ?? null,
			crashes: this.#restarts.crashes,
			heartbeatMs: this.#process?.heartbeatMs ?? null,
			drifted: this.drifted,
			agent: this.#process?.lastReport ?? null,
		};
	}

	/** Its flows run anew: what those before had come to is nothing to them. */
	forgetPosition(): void {
		this.#position = null;
		this.#process?.forgetPosition();
	}

	/** @throws ControlRefusal where it does not run */
	ask<C extends AgentCall>(call: C, params: AgentCalls[C]['params'], timeoutMs: number): Promise<AgentCalls[C]['result']> {
		if (!this.#process || !this.#listening) throw new ControlRefusal('NOT_RUNNING', `Node-RED of ${this.#config.instance} does not run`);
		return this.#process.call(call, params, timeoutMs);
	}

	/** Starts it, and again whenever it ends, until `stop`. */
	async run(): Promise<void> {
		while (!this.#stopping) {
			const { userDir, flows } = this.#config;
			await untilUserDirIsReady({ userDir, flows, sealedCredentials: this.#secrets.sealedCredentials }, (error) =>
				this.#log.write('the user directory cannot be made ready; trying again', { error }),
			);
			const how = await this.#runOnce();
			if (this.#stopping) return;
			const ending = this.#ending ?? { cause: 'crashed', detail: how };
			this.#ending = null;
			const isNoCrash = ending.cause === 'asked' || ending.cause === 'cut off';
			const restart = isNoCrash ? onRequest : this.#restarts.count(this.#upSince && performance.now() - this.#upSince);
			const end: Ended = { ending, how, restart };
			this.#log.write('node-red ended', { how, crashes: this.#restarts.crashes });
			await this.#events.ended(end);
			await this.#rest(end);
		}
	}

	/** Ends it for good. */
	async stop(): Promise<void> {
		this.#stopping = true;
		await this.#process?.stop(this.#config.stopMs);
	}

	/** Kills it, for a reason that its end is told with; it is started again. No effect where it does not run. */
	end(why: Ending): void {
		if (!this.#process) return;
		// Of several reasons the first counts; but what somebody asked for is done.
		if (this.#ending === null || why.cause === 'asked') this.#ending = why;
		this.#process.kill();
	}

	/** @returns how it ended */
	async #runOnce(): Promise<string> {
		const process = new NodeRedProcess(this.#config, {
			secrets: this.#secrets,
			clock: this.#clock,
			host: this.#network.listenHost,
			port: this.#port,
			editorPort: this.#editorPort,
			logDescriptor: this.#log.descriptor,
		});
		this.#process = process;
		this.#upSince = null;
		try {
			this.#listening = await process.ready(this.#config.startMs);
			this.#port = this.#listening.port;
			this.#editorPort = this.#listening.editorPort ?? 0;
			this.#upSince = performance.now();
			this.#log.write('standing by', this.#listening);
			await this.#events.up(process);
		} catch (error) {
			this.#log.write('node-red does not come up', { error: String(error) });
			process.kill();
		}
		const how = await process.exited;
		this.#position = process.position;
		this.#process = null;
		this.#listening = null;
		return how;
	}

	async #rest(end: Ended): Promise<void> {
		const until = performance.now() + end.restart.delayMs;
		for (let left = end.restart.delayMs; left > 0; left = until - performance.now()) {
			await sleep(Math.min(left, ASK_AGAIN_MS));
			await this.#events.resting(end);
		}
	}

	#watchPulse(): void {
		const tickMs = this.#config.hungMs / PULSE_FRACTION;
		const pulse = new Pulse(tickMs);
		let watched: NodeRedProcess | null = null;
		setInterval(() => {
			const nodeRed = this.#listening && this.#process;
			if (nodeRed !== watched) pulse.restart();
			watched = nodeRed;
			if (!nodeRed) return;
			const silentMs = Math.round(pulse.tick(performance.now(), nodeRed.beats));
			if (silentMs < this.#config.hungMs) return;
			this.#log.write('node-red hangs; killing it', { silentMs });
			this.end({ cause: 'hung', detail: `no sign of life for ${silentMs} ms` });
		}, tickMs).unref();
	}
}
