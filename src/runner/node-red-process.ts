import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type {
	AgentCall,
	AgentCalls,
	AgentEvent,
	AgentReport,
	EditorConfig,
	EditorUser,
	LeaseMessage,
	Position,
	PrimaryMessage,
	ReplyMessage,
} from '../agent/protocol.ts';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { INSTANCE_VARIABLE } from '../lib/targets/given-variables.ts';
import type { RunnerConfig } from '../lib/targets/instance.ts';

/**
 * With it the kernel kills the child when its parent dies, even in an endless loop, where the agent's own watch on the
 * IPC channel does not turn. Part of util-linux.
 */
const SETPRIV = '/usr/bin/setpriv';

/** What the agent's context store needs; the leases are where it looks a token up. Null where Node-RED's own are all there is. */
function contextStoreConfig({ context, state, seat }: RunnerConfig) {
	return context && state.kind === 'file' ? { ...context, stateFile: state.path, seat } : null;
}

/** What its user directory and its settings need, and no file may hold. */
export interface NodeRedSecrets {
	credentialSecret: string;
	/** The text of the credentials file. */
	sealedCredentials: string;
	editorUsers: EditorUser[];
}

/** Where it listens; ports of 0: free ones of the system's choice. */
interface NodeRedStart {
	secrets: NodeRedSecrets;
	/** The runner's, which its agent is to have, too. */
	clock: Pick<MonotonicClock, 'offsetMs'>;
	host: string;
	port: number;
	editorPort: number;
	logDescriptor: number;
}

/** Where it listens once it is ready, and which version it is. */
export interface NodeRedPorts {
	port: number;
	/** Null where it has no editor. */
	editorPort: number | null;
	nodeRed: string;
}

/** Node-RED ended, or does not answer. */
export class NodeRedGone extends Error {}

/** One Node-RED process with our agent in it. It never outlives its parent. */
export class NodeRedProcess {
	readonly #child: ChildProcess;
	readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	#nextId = 1;
	#ready: NodeRedPorts | null = null;
	#lastReport: { report: AgentReport; at: number } | null = null;
	#beats = 0;
	#position: Position | null = null;
	readonly exited: Promise<string>;

	constructor(config: RunnerConfig, start: NodeRedStart) {
		const { clock, host, port, editorPort, logDescriptor } = start;
		const { credentialSecret, editorUsers } = start.secrets;
		const node = [process.execPath, config.nodeRedProgram, '--userDir', config.userDir, '--settings', config.settingsFile];
		const context = contextStoreConfig(config);
		const [program, ...args] = process.platform === 'linux' && existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...node] : node;
		this.#child = spawn(program as string, args, {
			cwd: config.userDir,
			env: {
				...config.variables,
				// Flows may ask who they are: env.get('FLOWFERRY_INSTANCE').
				[INSTANCE_VARIABLE]: config.instance,
				// Settings take these and remove them, before any flow can read its environment.
				FLOWFERRY_AGENT_DIR: config.agentDir,
				FLOWFERRY_CREDENTIAL_SECRET: credentialSecret,
				FLOWFERRY_HOST: host,
				FLOWFERRY_PORT: String(port),
				...(clock.offsetMs === undefined ? {} : { FLOWFERRY_CLOCK_OFFSET_MS: String(clock.offsetMs) }),
				...(config.userSettingsFile ? { FLOWFERRY_USER_SETTINGS: config.userSettingsFile } : {}),
				...(config.editor
					? {
							FLOWFERRY_EDITOR: JSON.stringify({
								access: config.editor.access,
								users: editorUsers,
								port: editorPort,
							} satisfies EditorConfig),
						}
					: {}),
				...(context ? { FLOWFERRY_CONTEXT: JSON.stringify(context) } : {}),
			},
			stdio: ['ignore', logDescriptor, logDescriptor, 'ipc'],
		});
		this.exited = new Promise((resolve) => {
			this.#child.on('error', (error) => {
				// Also told of other failures, which are no end of the process: that alone lets a lease go.
				if (this.#child.pid === undefined) resolve(`could not be started: ${error.message}`);
			});
			this.#child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exited with status ${code}`));
		});
		void this.exited.then((how) => {
			for (const { reject } of this.#waiting.values()) reject(new NodeRedGone(`Node-RED ${how}`));
			this.#waiting.clear();
		});
		this.#child.on('message', (message) => this.#take(message as ReplyMessage | AgentEvent));
	}

	get pid(): number | null {
		return this.#child.pid ?? null;
	}

	get lastReport(): AgentReport | null {
		return this.#lastReport?.report ?? null;
	}

	/** How far it had come when it last told; null where nobody follows. */
	get position(): Position | null {
		return this.#position;
	}

	/** Its flows have started anew. */
	forgetPosition(): void {
		this.#position = null;
	}

	/** Heartbeats so far. */
	get beats(): number {
		return this.#beats;
	}

	/** Since the last heartbeat; null before the first. */
	get heartbeatMs(): number | null {
		return this.#lastReport && Math.round(performance.now() - this.#lastReport.at);
	}

	/** Resolves once the palette and the flows are loaded, with the flows stopped. */
	async ready(timeoutMs: number): Promise<NodeRedPorts> {
		const deadline = performance.now() + timeoutMs;
		let ended: string | null = null;
		void this.exited.then((how) => {
			ended = how;
		});
		while (!this.#ready) {
			if (ended) throw new NodeRedGone(`Node-RED ${ended} before it was ready`);
			if (performance.now() > deadline) throw new NodeRedGone(`Node-RED was not ready within ${timeoutMs} ms`);
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		return this.#ready;
	}

	/** Asks the agent. @throws NodeRedGone where it does not answer in time */
	async call<C extends AgentCall>(call: C, params: AgentCalls[C]['params'], timeoutMs: number): Promise<AgentCalls[C]['result']> {
		const id = this.#nextId++;
		let timer: NodeJS.Timeout | undefined;
		try {
			return (await new Promise((resolve, reject) => {
				this.#waiting.set(id, { resolve, reject });
				timer = setTimeout(() => reject(new NodeRedGone(`Node-RED did not answer '${call}' within ${timeoutMs} ms`)), timeoutMs);
				this.#send({ id, call, params });
			})) as AgentCalls[C]['result'];
		} finally {
			clearTimeout(timer);
			this.#waiting.delete(id);
		}
	}

	/** Until this moment of the monotonic clock, and no longer, the flows may run; null: no lease is held. */
	grantUntil(leaseUntilMs: number | null, token: number | null, wallOffsetMs = 0): void {
		this.#send({ leaseUntilMs, token, wallOffsetMs } satisfies LeaseMessage);
	}

	/** Whether this instance fires what is to fire once, and until when. */
	tellPrimary(message: PrimaryMessage): void {
		this.#send(message);
	}

	kill(): void {
		this.#child.kill('SIGKILL');
	}

	/** Asks Node-RED to end (it closes its nodes and flushes its context), then makes it. */
	async stop(timeoutMs: number): Promise<void> {
		this.#child.kill('SIGTERM');
		const timer = setTimeout(() => this.kill(), timeoutMs);
		await this.exited;
		clearTimeout(timer);
	}

	#send(message: object): void {
		if (this.#child.connected) this.#child.send(message, () => {}); // a failed send shows as the child's end
	}

	#take(message: ReplyMessage | AgentEvent): void {
		if ('reply' in message) {
			const waiting = this.#waiting.get(message.reply);
			if (message.ok) waiting?.resolve(message.result);
			else waiting?.reject(new Error(message.error));
		} else if (message.event === 'ready') {
			this.#ready = message;
		} else if (message.event === 'position') {
			this.#position = message.position;
		} else {
			this.#beats++;
			this.#lastReport = { report: message.report, at: performance.now() };
		}
	}
}
