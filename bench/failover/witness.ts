import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { startPace } from '../../demo/traffic/pace.ts';
import { type SequenceCounts, SequenceTally } from '../../demo/traffic/sequence-tally.ts';
import type { Handled } from './handling.ts';

export interface WitnessOptions {
	brokerUrl: string;
	/** Published to `<name>/in`, expected at `<name>/out`. */
	name: string;
	/** Tells this run's messages from a late one of another. */
	run: string;
	perSecond: number;
	signal: AbortSignal;
}

/** Publishes numbered messages all the while, and hears who handled which of them, and when. */
export interface Witness {
	readonly handled: readonly Handled[];
	/** Publishes no more, waits, within limits, for what is under way, and disconnects. */
	finish(): Promise<SequenceCounts>;
	stop(): Promise<void>;
}

/** As the publisher of the cutover's bench. */
const PUBLISHING_AT_ONCE = 16;
/** After the last publication: what has not come out by then will not come any more. */
const OUTSTANDING_MS = 10_000;
const LISTEN_ON_MS = 300;
/** For the flow's first message. */
const FLOWING_MS = 20_000;

/** Resolves when the flow passes messages on. */
export async function startWitness({ brokerUrl, name, run, perSecond, signal }: WitnessOptions): Promise<Witness> {
	const tally = new SequenceTally();
	const handled: Handled[] = [];
	const connect = async () => {
		const client = await mqtt.connectAsync(brokerUrl, { protocolVersion: 5, reconnectPeriod: 0 });
		client.on('error', () => {});
		return client;
	};
	const [publisher, listener] = await Promise.all([connect(), connect()]);
	listener.on('message', (_topic, body) => {
		const { id, by, atMs } = JSON.parse(body.toString()) as Handled & { id: string };
		const [ofRun, seq] = id.split(':');
		if (ofRun !== run) return;
		handled.push({ by, atMs });
		tally.receive(Number(seq), performance.now());
	});
	await listener.subscribeAsync(`${name}/out`, { qos: 1 });
	let underWay = 0;
	const publish = async (seq: number) => {
		underWay++;
		tally.publish(seq, performance.now());
		await publisher.publishAsync(`${name}/in`, `${run}:${seq}`, { qos: 1 }).catch(() => tally.withdraw(seq));
		underWay--;
	};
	const pace = startPace(perSecond, (seq) => {
		if (underWay >= PUBLISHING_AT_ONCE) return false;
		void publish(seq);
		return true;
	});
	const stop = async () => {
		pace.stop();
		await Promise.all([publisher, listener].map((client) => client.endAsync(true)));
	};
	try {
		for (const end = performance.now() + FLOWING_MS; handled.length === 0; await sleep(20, undefined, { signal })) {
			if (performance.now() > end) throw new Error(`what is published to ${name}/in does not come out at ${name}/out`);
		}
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		handled,
		stop,
		async finish() {
			pace.stop();
			for (const end = performance.now() + OUTSTANDING_MS; (underWay > 0 || tally.outstanding > 0) && performance.now() < end; )
				await sleep(20);
			await sleep(LISTEN_ON_MS); // for late copies
			await stop();
			return tally.read(performance.now());
		},
	};
}
