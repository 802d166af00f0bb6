import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type HttpCounts, startHttpMeter } from '../../demo/traffic/http-meter.ts';
import { startPace } from '../../demo/traffic/pace.ts';
import { type SequenceCounts, SequenceTally } from '../../demo/traffic/sequence-tally.ts';
import { CountTally } from './count-tally.ts';
import { RunningClock } from './running-clock.ts';
import type { Scenario } from './scenarios.ts';

export interface LoadOptions extends Pick<Scenario, 'qos' | 'payload'> {
	brokerUrl: string;
	/** Published to `<name>/in`, expected at `<name>/out`. */
	name: string;
	/** Numbers the messages, so that a late one of an earlier load is not taken for one of this. */
	id: number;
	messagesPerSecond: number;
	requestsPerSecond: number;
	/** Where HTTP is served at first. */
	httpUrl: string;
}

/** What one load counted. */
export interface LoadCounts {
	mqtt: SequenceCounts;
	http: HttpCounts;
	/** Messages a second that were really published. */
	rate: number;
	/** The longest time for which the meter's own event loop stood still; it does not count as silence. */
	stallMs: number;
}

export interface Load {
	/** HTTP is served elsewhere from now on. */
	aim(httpUrl: string): void;
	/** Publishes and asks no more, waits for what is under way, disconnects. */
	finish(): Promise<LoadCounts>;
}

/**
 * Mosquitto refuses what one client publishes at QoS 2 beyond `max_inflight_messages` (20) at once. Messages that wait for
 * a place go in as soon as there is one, so that the rate holds.
 */
const PUBLISHING_AT_ONCE = 16;
const PUBLISHERS = 2;
const TICK_MS = 5;
const PROBE = 'probe';
const PROBE_EVERY_MS = 100;
const FLOWING_MS = 20_000;
/** After the last output: what has not come out by then, and no late copy either, will not come any more. */
const QUIET_MS = 1000;
const LISTEN_ON_MS = 300;
const REQUEST_TIMEOUT_MS = 5000;

/** Starts when the flows pass the first message on. MQTT 5 tells a publisher what the broker refuses; 3.1.1 cannot. */
export async function startLoad(options: LoadOptions): Promise<Load> {
	const { brokerUrl, name, qos, payload, id, messagesPerSecond, requestsPerSecond } = options;
	const clock = new RunningClock(TICK_MS, performance.now());
	const ticking = setInterval(() => clock.tick(performance.now()), TICK_MS);
	const now = () => clock.at(performance.now());
	const messages = payload === 'unique' ? numberedMessages(id) : equalMessages();
	let flowing = false;
	let heardMs = now();

	const listener = await connect(brokerUrl);
	listener.on('message', (_topic, body) => {
		const text = body.toString();
		if (text === PROBE) flowing = true;
		else if (messages.receive(text, now())) heardMs = now();
	});
	await listener.subscribeAsync(`${name}/out`, { qos });
	const publishers = await Promise.all(Array.from({ length: PUBLISHERS }, () => connect(brokerUrl)));
	for (const deadline = now() + FLOWING_MS; !flowing; await sleep(PROBE_EVERY_MS)) {
		if (now() > deadline) throw new Error(`what is published to ${name}/in does not come out at ${name}/out`);
		await publishers[0]!.publishAsync(`${name}/in`, PROBE, { qos });
	}

	const underWay = publishers.map(() => 0);
	const publish = async (seq: number, by: number) => {
		messages.publish(seq, now());
		underWay[by]!++;
		await publishers[by]!.publishAsync(`${name}/in`, messages.text(seq), { qos }).catch(() => messages.withdraw(seq));
		underWay[by]!--;
	};
	const startedMs = performance.now();
	const pace = startPace(messagesPerSecond, (seq) => {
		const by = underWay.findIndex((count) => count < PUBLISHING_AT_ONCE);
		if (by >= 0) void publish(seq, by);
		return by >= 0;
	});
	let { httpUrl } = options;
	const http = startHttpMeter({
		request: (seq) => ({ url: `${httpUrl}/answer?seq=${seq}` }),
		perSecond: requestsPerSecond,
		timeoutMs: REQUEST_TIMEOUT_MS,
	});

	return {
		aim: (url) => {
			httpUrl = url;
		},
		async finish() {
			pace.stop();
			http.pause();
			const endedMs = now();
			const lastedMs = performance.now() - startedMs;
			heardMs = Math.max(heardMs, endedMs);
			while (underWay.some((count) => count > 0) || (messages.tally.outstanding > 0 && now() - heardMs < QUIET_MS)) await sleep(20);
			await sleep(LISTEN_ON_MS);
			// Once nothing goes in, that nothing comes out is no silence of the flows'.
			const counts = messages.tally.read(endedMs);
			const answers = await http.settle();
			clearInterval(ticking);
			await Promise.all([...publishers, listener].map((client) => client.endAsync(true)));
			const rate = Math.round((counts.published * 1000) / lastedMs);
			return { mqtt: counts, http: answers, rate, stallMs: Math.round(clock.longestStallMs) };
		},
	};
}

/** Messages as they are sent, and how they are counted. */
interface Messages {
	tally: { readonly outstanding: number; read(nowMs: number): SequenceCounts };
	text(seq: number): string;
	publish(seq: number, atMs: number): void;
	withdraw(seq: number): void;
	/** @returns false where it is none of ours */
	receive(text: string, atMs: number): boolean;
}

function numberedMessages(id: number): Messages {
	const tally = new SequenceTally();
	const prefix = `${id}:`;
	return {
		tally,
		text: (seq) => prefix + seq,
		publish: (seq, atMs) => tally.publish(seq, atMs),
		withdraw: (seq) => tally.withdraw(seq),
		receive: (text, atMs) => {
			if (!text.startsWith(prefix)) return false;
			tally.receive(Number(text.slice(prefix.length)), atMs);
			return true;
		},
	};
}

function equalMessages(): Messages {
	const tally = new CountTally();
	return {
		tally,
		text: () => '21.5',
		publish: (_seq, atMs) => tally.publish(atMs),
		withdraw: () => tally.withdraw(),
		receive: (_text, atMs) => {
			tally.receive(atMs);
			return true;
		},
	};
}

async function connect(url: string): Promise<MqttClient> {
	const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
	client.on('error', () => {});
	return client;
}
