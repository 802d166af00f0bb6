import type { AgentCall, AgentCalls, ContextExport, ContextImport } from '../agent/protocol.ts';
import type { NodeRedProcess } from './node-red-process.ts';

/** Puts a question to the agent. */
export type Ask = <C extends AgentCall>(call: C, params: AgentCalls[C]['params'], timeoutMs: number) => Promise<AgentCalls[C]['result']>;

/**
 * Which of an instance's Node-RED processes has the flows' context in its memory, and what the next one that runs them must
 * have in it: that is kept, in memory alone, in case that Node-RED ends before its flows have started.
 */
export class HeldContext {
	readonly #ask: Ask;
	/** The process that ran the flows last. */
	#owner: NodeRedProcess | null = null;
	#pending: { values: string; into: NodeRedProcess | null } | null = null;

	constructor(ask: Ask) {
		this.#ask = ask;
	}

	/** This process runs the flows: its context is the instance's. */
	isOf(nodeRed: NodeRedProcess | null): void {
		this.#owner = nodeRed;
		this.#pending = null;
	}

	async export(nodeRed: NodeRedProcess | null, options: AgentCalls['exportContext']['params'], timeoutMs: number): Promise<ContextExport> {
		if (nodeRed && nodeRed === this.#owner) {
			const exported = await this.#ask('exportContext', options, timeoutMs);
			// Where its flows must be stopped by force, and then run again after all, they get it back.
			this.#pending = { values: exported.values, into: nodeRed };
			return exported;
		}
		const left = [{ scope: 'all', key: '*', why: 'the Node-RED that had it in its memory has ended' }];
		return { values: '', excepted: 0, left, stores: [] };
	}

	async import(nodeRed: NodeRedProcess | null, values: string, timeoutMs: number): Promise<ContextImport> {
		if (values === '') return { carried: 0, bytes: 0, left: [] };
		const report = await this.#ask('importContext', { values }, timeoutMs);
		this.#pending = { values, into: nodeRed };
		return report;
	}

	/** Before the flows' start: what was written into a Node-RED that has ended since is written into its successor. */
	async restore(nodeRed: NodeRedProcess | null, timeoutMs: number): Promise<void> {
		if (this.#pending && this.#pending.into !== nodeRed) await this.import(nodeRed, this.#pending.values, timeoutMs);
	}
}
