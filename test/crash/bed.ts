import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { createContext } from '../../src/context.ts';
import { isAlive } from '../../src/lib/adapters/process-identity.ts';
import type { NamedEnvironment } from '../../src/lib/config/environment-of.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import { inspectEnvironment } from '../../src/lib/cutover/environment-status.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { createProject, node, versionFlows } from '../support/project.ts';
import type { Cell, Victim } from './cells.ts';

const promoteAndWait = fileURLToPath(new URL('promote-and-wait.ts', import.meta.url));

/** A broker that was killed is back after so long, as by its supervisor. */
const BROKER_AWAY_MS = 400;

export type Version = 'odd' | 'even';

/** What was killed, and how the promotion ended: null where its command was what was killed. */
export interface Killed {
	version: Version;
	exit: number | null;
}

/** A production on real processes with a broker of its own, on which one thing after the other is killed. */
export class CrashBed {
	readonly project: Project;
	readonly environment: NamedEnvironment;
	readonly target: Target;
	readonly #broker: Mosquitto;
	readonly #strategy: string;
	readonly #snapshots: Record<Version, string>;

	private constructor(
		parts: Pick<CrashBed, 'project' | 'environment' | 'target'> & {
			broker: Mosquitto;
			strategy: string;
			snapshots: Record<Version, string>;
		},
	) {
		this.project = parts.project;
		this.environment = parts.environment;
		this.target = parts.target;
		this.#broker = parts.broker;
		this.#strategy = parts.strategy;
		this.#snapshots = parts.snapshots;
	}

	static async open(strategy: string): Promise<CrashBed> {
		const broker = await startMosquitto();
		const project = await createProject({
			failOn: 'never',
			settings: 'settings.cjs',
			lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 },
			timeouts: {
				lockMs: 2500,
				quiesceMs: 2000,
				drainMs: 1500,
				handOverMs: 5000,
				activateMs: 6000,
				verifyMs: 4000,
				stopMs: 5000,
				holdMs: 60_000,
			},
		});
		try {
			await writeFile(join(project.folder, 'settings.cjs'), 'module.exports = { mqttReconnectTime: 500 };\n');
			const promoteFirst = async (version: Version) =>
				(await project.promote(bridgeFlows(version, broker.port, strategy))).snapshot as string;
			const snapshots = { odd: await promoteFirst('odd'), even: await promoteFirst('even') };
			const context = await createContext(join(project.folder, 'flowferry.yaml'));
			const environment = environmentOf(context.config);
			const target = await context.openTarget(environment);
			return new CrashBed({ project, environment, target, broker, strategy, snapshots });
		} catch (error) {
			await project.remove();
			await broker.stop();
			throw error;
		}
	}

	async close(): Promise<void> {
		this.target.close();
		await this.project.remove();
		await this.#broker.stop();
	}

	status(): Promise<EnvironmentStatus> {
		return inspectEnvironment(this.environment, this.target);
	}

	/** What serves, by the journal. */
	async serving(): Promise<Version> {
		const slot = await this.target.journal.servingSlot();
		const release = slot && (await this.target.journal.slots())[slot];
		return release?.snapshot === this.#snapshots.odd ? 'odd' : 'even';
	}

	/**
	 * Promotes the version that does not serve, and kills at the cell's moment.
	 * @param meanwhile done while a frozen command stands still
	 */
	async killDuringPromotion({ victim, step, moment }: Cell, meanwhile: () => Promise<unknown>): Promise<Killed> {
		const before = await this.serving();
		const version = before === 'odd' ? 'even' : 'odd';
		const oldSlot = await this.target.journal.servingSlot();
		const args = [join(this.project.folder, 'flowferry.yaml'), this.#snapshots[version], this.#strategy, step, moment];
		const child = fork(promoteAndWait, args, { cwd: this.project.folder, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
		const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
		const [said] = await Promise.race([once(child, 'message'), ended]);
		if (said !== 'there') throw new Error(`the promotion ended before '${step}' had ${moment}: ${said}`);
		if (victim === 'broker') await this.#broker.kill();
		else if (victim === 'frozen command') await this.#freeze(child);
		else await end(await this.#pidOf(victim, child, oldSlot));
		if (child.connected) child.send('go', () => {}); // where it is what was killed, nobody hears it
		if (victim === 'broker') {
			await sleep(BROKER_AWAY_MS);
			await this.#broker.restart();
		}
		if (victim === 'frozen command') {
			await meanwhile();
			child.kill('SIGCONT');
		}
		const [exit] = await ended;
		return { version, exit: victim === 'command' ? null : exit };
	}

	/**
	 * Publishes numbered messages until one comes out: where the broker has just come back, nobody is subscribed yet.
	 * @returns what came out of the last one, once a second copy had its time
	 */
	async sendMessage(withinMs: number): Promise<string[]> {
		const client = await mqtt.connectAsync(this.#broker.url);
		const out: string[] = [];
		client.on('message', (_topic, payload) => out.push(payload.toString()));
		await client.subscribeAsync('out', { qos: 1 });
		let number = 0;
		for (const end = performance.now() + withinMs; out.length === 0 && performance.now() < end; ) {
			await client.publishAsync('in', String(++number), { qos: 1 });
			for (let waits = 0; out.length === 0 && waits < 25; waits++) await sleep(20);
		}
		await sleep(150);
		await client.endAsync();
		return out;
	}

	/** Not within one of its transactions, where it would lock the state for everybody. */
	async #freeze(child: ChildProcess): Promise<void> {
		const database = new DatabaseSync(join(this.environment.directory, 'state.db'), { timeout: 0 });
		try {
			for (;;) {
				child.kill('SIGSTOP');
				await sleep(20);
				try {
					database.exec('BEGIN IMMEDIATE; ROLLBACK');
					return;
				} catch {
					child.kill('SIGCONT');
					await sleep(20);
				}
			}
		} finally {
			database.close();
		}
	}

	async #pidOf(victim: Exclude<Victim, 'broker' | 'frozen command'>, command: ChildProcess, oldSlot: string | null): Promise<number> {
		if (victim === 'command') return command.pid as number;
		const status = await this.status();
		if (victim === 'gateway') return (status.gateway as unknown as { pid: number }).pid;
		const slot = status.slots.find((each) => victim.startsWith('old') === (each.slot === oldSlot));
		const instance = slot?.instances[0]?.status as InstanceStatus | null | undefined;
		const pid = victim.endsWith('runner') ? instance?.pid : instance?.childPid;
		if (!pid) throw new Error(`there is no ${victim} to kill`);
		return pid;
	}
}

async function end(pid: number): Promise<void> {
	process.kill(pid, 'SIGKILL');
	while (isAlive(pid)) await sleep(5);
}

/** Beside the HTTP route, `in` → version → `out`: over a persistent session, or as a strategy needs it that connects both sides. */
function bridgeFlows(version: Version, port: number, strategy: string): FlowNode[] {
	const bothConnect = strategy === 'gated' || strategy === 'overlap';
	const session = bothConnect ? { cleansession: true } : { clientid: 'plant', cleansession: false, autoUnsubscribe: false };
	const topic = strategy === 'overlap' ? '$share/plant/in' : 'in';
	const broker = { broker: 'broker', qos: '1' };
	return versionFlows(version, [
		{
			id: 'broker',
			type: 'mqtt-broker',
			name: '',
			broker: '127.0.0.1',
			port: String(port),
			autoConnect: true,
			...session,
			keepalive: '60',
			protocolVersion: '4',
		},
		node('m1', 'mqtt in', { ...broker, topic, datatype: 'utf8', wires: [['m2']] }),
		node('m2', 'function', {
			func: `return { topic: 'out', payload: ${JSON.stringify(version)} + ' ' + msg.payload };`,
			outputs: 1,
			wires: [['m3']],
		}),
		node('m3', 'mqtt out', { ...broker, topic: '', retain: 'false' }),
	]);
}
