import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { startPace } from './pace.ts';
import { type SequenceCounts, SequenceTally } from './sequence-tally.ts';

/** Publishes numbered orders at a steady rate and counts what comes out at the other end of the flow. */
export interface MqttMeter {
	/** At any time; `lost` then counts what is still under way, too. */
	read(): SequenceCounts;
	/** Publishes no more. */
	pause(): void;
	/** Pauses, waits until all that went in has come out or `maxMs` have passed, and disconnects. */
	settle(maxMs: number): Promise<SequenceCounts>;
}

export interface MqttMeterOptions {
	url: string;
	perSecond: number;
	inTopic: string;
	outTopic: string;
}

/** After everything is out: how long a late second copy may still come. */
const LISTEN_ON_MS = 300;

/** Two clients with sessions of their own, so that a lost connection loses no message of the meter itself. */
export async function startMqttMeter(options: MqttMeterOptions): Promise<MqttMeter> {
	const { url, perSecond, inTopic, outTopic } = options;
	const name = `meter-${randomBytes(4).toString('hex')}`;
	const tally = new SequenceTally();
	const listener = await mqtt.connectAsync(url, { clientId: `${name}-out`, clean: false, reconnectPeriod: 200 });
	listener.on('message', (_topic, payload) => tally.receive(readSeq(payload), performance.now()));
	await listener.subscribeAsync(outTopic, { qos: 1 });
	const publisher = await mqtt.connectAsync(url, { clientId: `${name}-in`, clean: false, reconnectPeriod: 200 });

	const pace = startPace(perSecond, (seq) => {
		tally.publish(seq, performance.now());
		publisher.publish(inTopic, JSON.stringify(buildOrder(seq)), { qos: 1 }, (error) => {
			if (error) tally.withdraw(seq);
		});
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
			const counts = read();
			await Promise.all([publisher.endAsync(true), listener.endAsync(true)]);
			return counts;
		},
	};
}

/** Something that a shop floor would order; every tenth is large enough for a discount. */
export function buildOrder(seq: number): { seq: number; item: string; quantity: number; unitPrice: number } {
	const items = ['bracket', 'hinge', 'bearing', 'spring'];
	return { seq, item: items[seq % items.length]!, quantity: (seq % 10) + 1, unitPrice: 4.2 };
}

function readSeq(payload: Buffer): number {
	const { seq } = JSON.parse(payload.toString()) as { seq?: unknown };
	if (typeof seq !== 'number') throw new Error(`A message came out without its number: ${payload.toString()}`);
	return seq;
}
