import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockDatabase } from '../support/lease-store-process.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { findProcessesIn } from '../support/processes.ts';
import type { Project } from '../support/project.ts';
import { createProject, node, versionFlows } from '../support/project.ts';
import type { Fault } from './faults.ts';
import type { Grant } from './judge.ts';
import { type Processes, processesOf, signal } from './processes.ts';
import { Witness } from './witness.ts';

export const INSTANCES = 3;

/** `flowferry up` waits for a state that is locked, and fails in the end: an operator would call it again. */
const UP_TRIES = 5;

/** A hot spare of three on real processes, with short timings, on which faults are let loose. */
export class SoakBed {
	readonly witness: Witness;
	readonly project: Project;
	readonly #broker: Mosquitto;
	readonly #environment: string;
	#brokerTurn: Promise<unknown> = Promise.resolve();
	#upTurn: Promise<unknown> = Promise.resolve();

	private constructor(project: Project, broker: Mosquitto) {
		this.project = project;
		this.#broker = broker;
		this.#environment = join(project.folder, '.flowferry', 'environments', 'production');
		const files = { stateFile: join(this.#environment, 'state.db'), handledFile: join(project.folder, 'handled') };
		this.witness = new Witness({ brokerUrl: broker.url, ...files });
	}

	static async open(): Promise<SoakBed> {
		const broker = await startMosquitto();
		const project = await createProject({
			instances: INSTANCES,
			failOn: 'never',
			settings: 'settings.cjs',
			lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 },
			timeouts: { hungMs: 1000 },
		});
		try {
			await writeFile(join(project.folder, 'settings.cjs'), settings(join(project.folder, 'handled')));
			await project.promote(flows(broker.port));
			return new SoakBed(project, broker);
		} catch (error) {
			await project.remove();
			await broker.stop();
			throw error;
		}
	}

	/** Does it, waits for its end, and leaves nothing behind. */
	async suffer(fault: Fault): Promise<void> {
		const { kind, forMs, apartMs, nodeRedWakesFirst } = fault;
		const victim = await this.#processesOf(fault.victim);
		switch (kind) {
			case 'crash':
				return signal(victim?.nodeRed ?? null, 'SIGKILL');
			case 'runner killed':
				signal(victim?.runner ?? null, 'SIGKILL');
				await sleep(forMs);
				return await this.up();
			case 'stopped':
				return await freeze([victim?.nodeRed ?? null], forMs, 0);
			case 'frozen': {
				const both = [victim?.nodeRed ?? null, victim?.runner ?? null];
				return await freeze(nodeRedWakesFirst ? both : both.reverse(), forMs, apartMs);
			}
			case 'loop':
				await fetch(`${this.project.url}/loop`, { signal: AbortSignal.timeout(forMs) }).catch(() => {});
				return;
			case 'store locked':
				await (await lockDatabase(join(this.#environment, 'state.db'), forMs)).over;
				return;
			case 'broker away':
				this.#brokerTurn = this.#brokerTurn.then(async () => {
					await this.#broker.kill();
					await sleep(forMs);
					await this.#broker.restart();
				});
				await this.#brokerTurn;
		}
	}

	/** As an operator, or a supervisor, who finds that a runner has ended. One at a time. */
	async up(): Promise<void> {
		const work = this.#upTurn.then(async () => {
			for (let tries = 1; ; tries++) {
				const { status, stdout, stderr } = await this.project.cli('up', '--json');
				// An instance that crashed too often in a row is being started ever later: that is degraded, and no failure of the command's.
				if (status === 0 || (status === 5 && /"state": "degraded"/.test(stdout))) return;
				if (tries === UP_TRIES) throw new Error(`up ended with ${status}: ${stdout.slice(0, 500)}${stderr}`);
				await sleep(500);
			}
		});
		this.#upTurn = work.catch(() => {});
		await work;
	}

	/** What runs still, after everything was ended, is a fault; it is ended by its own id. */
	async close(): Promise<string[]> {
		this.witness.close();
		const { folder } = this.project;
		const faults: string[] = [];
		await this.project.remove().catch((error) => faults.push(String(error)));
		await this.#broker.stop();
		for (const left of await findProcessesIn(folder)) {
			faults.push(`still runs: ${left}`);
			signal(Number.parseInt(left, 10), 'SIGKILL');
		}
		return faults;
	}

	async #processesOf(victim: Fault['victim']): Promise<Processes | null> {
		const index = victim === 'active' ? indexOf(this.witness.active ?? this.witness.grants.at(-1)) : victim;
		return index === null ? null : await processesOf(join(this.#environment, 'slots', 'blue'), index);
	}

	/** Of an instance that failed to come back, for whoever reads the report. */
	async lastLines(index: number): Promise<string> {
		const log = await readFile(join(this.#environment, 'logs', `blue-${index}.log`), 'utf8').catch(() => '');
		return log.split('\n').slice(-25).join('\n');
	}
}

const indexOf = (grant: Grant | undefined) => (grant ? Number(grant.holder.split('@')[0]?.split('/')[1]) : null);

/** They wake in the order given, so far apart. */
async function freeze(pids: (number | null)[], forMs: number, apartMs: number): Promise<void> {
	for (const pid of pids.toReversed()) signal(pid, 'SIGSTOP');
	await sleep(forMs);
	for (const [turn, pid] of pids.entries()) {
		if (turn > 0) await sleep(apartMs);
		signal(pid, 'SIGCONT');
	}
}

/** What a flow has handled is written down by the host's monotonic clock, at once, in one write. */
const settings = (file: string) => `const { openSync, writeSync } = require('node:fs');
const file = openSync(${JSON.stringify(file)}, 'a');
module.exports = {
	mqttReconnectTime: 200,
	functionGlobalContext: {
		handled: (instance) => {
			const atMs = Number(process.hrtime.bigint() / 1000n) / 1000;
			const record = JSON.stringify({ instance, pid: process.pid, runnerPid: process.ppid, atMs });
			writeSync(file, record + '\\n');
			return record;
		},
	},
};
`;

/** Messages from the broker and from a timer are handled alike, and come out at the broker. */
function flows(port: number) {
	const broker = { broker: 'broker', qos: '0' };
	return versionFlows('soak', [
		{ id: 'broker', type: 'mqtt-broker', name: '', broker: '127.0.0.1', port: String(port), clientid: '', protocolVersion: '4' },
		node('in', 'mqtt in', { ...broker, topic: 'in', datatype: 'utf8', wires: [['handle']] }),
		node('timer', 'inject', { repeat: '0.05', props: [{ p: 'payload' }], payloadType: 'date', payload: '', wires: [['handle']] }),
		node('handle', 'function', {
			func: "return { topic: 'out', payload: global.get('handled')(env.get('FLOWFERRY_INSTANCE')) };",
			outputs: 1,
			wires: [['out']],
		}),
		node('out', 'mqtt out', { ...broker, topic: '', retain: 'false' }),
		node('loop-in', 'http in', { url: '/loop', method: 'get', wires: [['loop']] }),
		node('loop', 'function', { func: 'for (;;) {}', outputs: 1, wires: [[]] }),
	]);
}
