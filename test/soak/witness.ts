import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import mqtt from 'mqtt';
import { monotonicMs } from '../../src/agent/time.ts';
import type { Grant, Handled } from './judge.ts';

/** Between two looks at the lease, which stands for longer than any instance needs to start its flows. */
const LOOK_MS = 10;
/** Messages a second to the flows, which have a timer of their own besides. */
const RATE = 20;

/**
 * Sends messages through the broker and sees what comes out, and watches the lease in the store. What the flows have handled they
 * write down themselves, before anything else: nothing of it is missing where a process is killed in the next moment.
 */
export class Witness {
	readonly grants: Grant[] = [];
	readonly #handledFile: string;
	readonly #client: mqtt.MqttClient;
	readonly #database: DatabaseSync;
	readonly #timers: NodeJS.Timeout[];
	/** What came out at the broker: when it was handled. */
	#seenMs: number[] = [];

	constructor({ brokerUrl, stateFile, handledFile }: { brokerUrl: string; stateFile: string; handledFile: string }) {
		this.#handledFile = handledFile;
		this.#client = mqtt.connect(brokerUrl, { reconnectPeriod: 100, queueQoSZero: false });
		this.#client.on('error', () => {}); // the broker is away
		this.#client.on('message', (_topic, payload) => this.#seenMs.push((JSON.parse(payload.toString()) as Handled).atMs));
		this.#client.subscribe('out');
		this.#database = new DatabaseSync(stateFile, { readOnly: true });
		this.#timers = [
			setInterval(() => this.#look(), LOOK_MS),
			setInterval(() => this.#client.connected && this.#client.publish('in', ''), 1000 / RATE),
		];
	}

	get seen(): number {
		return this.#seenMs.length;
	}

	/** The holder of the lease; null where it has ended. */
	get active(): Grant | null {
		const row = this.#database.prepare('SELECT holder, token, expires_ms FROM lease WHERE seat = ?').get('active') as
			| { holder: string | null; token: number; expires_ms: number }
			| undefined;
		return row?.holder && row.expires_ms > monotonicMs() ? { holder: row.holder, token: row.token } : null;
	}

	/** When the first message came out that was handled after this moment; null: not yet. */
	firstAfter(moment: number): number | null {
		return this.#seenMs.find((atMs) => atMs > moment) ?? null;
	}

	async handled(): Promise<Handled[]> {
		const lines = (await readFile(this.#handledFile, 'utf8')).split('\n').filter((line) => line !== '');
		return lines.map((line) => JSON.parse(line) as Handled);
	}

	close(): void {
		for (const timer of this.#timers) clearInterval(timer);
		this.#client.end(true);
		this.#database.close();
	}

	#look(): void {
		const { active } = this;
		const last = this.grants.at(-1);
		if (active && (active.holder !== last?.holder || active.token !== last.token)) this.grants.push(active);
	}
}
