import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { buildOrder } from './orders.ts';
import { startPace } from './pace.ts';
import { type SequenceCounts, SequenceTally } from './sequence-tally.ts';

/** Publishes numbered orders at a steady rate and counts what comes out at the other end of the flow. */
export interface MqttMeter {
	/** At any time; `lost` then counts what is still under way, too. */
	read(): SequenceCounts;
	/** Publishes no more. */
	pause(): void;
	/**
	 * Pauses, and waits until all that went in has come out or `maxMs` have passed.
	 * @throws where something came out that is no answer to what went in
	 */
	settle(maxMs: number): Promise<SequenceCounts>;
	/** Pauses and disconnects. */
	stop(): Promise<void>;
}

export interface MqttMeterOptions {
	url: string;
	perSecond: number;
	inTopic: string;
	outTopic: string;
	signal?: AbortSignal | undefined;
}

/** After everything is out: how long a late second copy may still come. */
const LISTEN_ON_MS = 300;
/** How long the flow may take, after its start, to subscribe. */
const FLOWING_MS = 15_000;
/** The number of messages that are not counted. */
const PROBE = 0;

/** Two clients with sessions of their own, so that a lost connection loses no message of the meter itself. */
export async function startMqttMeter(options: MqttMeterOptions): Promise<MqttMeter> {
	const { url, perSecond, inTopic, outTopic, signal } = options;
	const name = `meter-${randomBytes(4).toString('hex')}`;
	const tally = new SequenceTally();
	let flowing = false;
	let fault: Error | undefined;
	const listener = await connect(url, `${name}-out`);
	listener.on('message', (_topic, payload) => {
		const seq = readSeq(payload);
		if (seq === undefined) fault ??= new Error(`A message came out without its number: ${payload.toString()}`);
		else if (seq === PROBE) flowing = true;
		else tally.receive(seq, performance.now());
	});
	await listener.subscribeAsync(outTopic, { qos: 1 });
	const publisher = await connect(url, `${name}-in`);
	const send = (seq: number) => publisher.publishAsync(inTopic, JSON.stringify(buildOrder(seq)), { qos: 1 });
	const stop = async () => {
		await Promise.all([publisher.endAsync(true), listener.endAsync(true)]);
	};
	try {
		for (const deadline = performance.now() + FLOWING_MS; !flowing; await sleep(100, undefined, { signal })) {
			if (performance.now() > deadline) throw new Error(`What is published to ${inTopic} does not come out at ${outTopic}`);
			await send(PROBE);
		}
	} catch (error) {
		await stop();
		throw error;
	}

	const pace = startPace(perSecond, (seq) => {
		tally.publish(seq, performance.now());
		send(seq).catch(() => tally.withdraw(seq));
		return true;
	});
	let pausedMs = Number.POSITIVE_INFINITY;
	const pause = () => {
		pace.stop();
		pausedMs = Math.min(pausedMs, performance.now());
	};
	// Once nothing goes in, that nothing comes out is no silence of the flow's.
	const read = () => tally.read(Math.min(performance.now(), pausedMs));
	return {
		read,
		pause,
		async settle(maxMs) {
			pause();
			for (const deadline = performance.now() + maxMs; tally.outstanding > 0 && performance.now() < deadline; ) await sleep(20);
			await sleep(LISTEN_ON_MS);
			if (fault !== undefined) throw fault;
			return read();
		},
		async stop() {
			pause();
			await stop();
		},
	};
}

async function connect(url: string, clientId: string): Promise<MqttClient> {
	const client = await mqtt.connectAsync(url, { clientId, clean: false, reconnectPeriod: 200 });
	// It connects again by itself.
	client.on('error', () => {});
	return client;
}

function readSeq(payload: Buffer): number | undefined {
	try {
		const { seq } = JSON.parse(payload.toString()) as { seq?: unknown };
		return typeof seq === 'number' ? seq : undefined;
	} catch {
		return undefined;
	}
}
