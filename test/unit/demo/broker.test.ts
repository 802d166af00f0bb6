import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { type Broker, startBroker } from '../../../demo/broker.ts';

describe('the demo broker', () => {
	let broker: Broker;
	beforeEach(async () => {
		broker = await startBroker();
	});
	afterEach(() => broker.stop());

	it('gives a session that comes back, again and again under load, each message once', async () => {
		const counts = new Map<number, number>();
		let listener = await listen(broker.url, counts);
		await listener.client.subscribeAsync('numbers', { qos: 1 });
		const publisher = await mqtt.connectAsync(broker.url, { reconnectPeriod: 0 });
		const accepted: Promise<unknown>[] = [];
		const timer = setInterval(() => {
			for (let i = 0; i < 3; i++) accepted.push(publisher.publishAsync('numbers', String(accepted.length + 1), { qos: 1 }));
		}, 2);
		for (let i = 0; i < 5; i++) {
			await sleep(40);
			await listener.leave();
			listener = await listen(broker.url, counts);
		}
		clearInterval(timer);
		await Promise.all(accepted);
		await sleep(100);
		await publisher.endAsync();
		await listener.leave();

		expect(accepted.length).toBeGreaterThan(100);
		expect(counts.size).toBe(accepted.length);
		expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
	});

	it('lets publishes pass again when a client gives up while it connects', async () => {
		const publisher = await mqtt.connectAsync(broker.url, { reconnectPeriod: 0 });
		const broken = mqtt.connect(broker.url, { clientId: 'broken', reconnectPeriod: 0 });
		broken.stream.once('connect', () => setImmediate(() => broken.end(true)));
		await publisher.publishAsync('numbers', '1', { qos: 1 });
		await sleep(50);
		await publisher.publishAsync('numbers', '2', { qos: 1 });
		await publisher.endAsync();
	});
});

/** Counts what it acknowledges; from `leave` on it does neither, so that the broker owes the next session the rest. */
async function listen(url: string, counts: Map<number, number>) {
	const client = mqtt.connect(url, { clientId: 'listener', clean: false, reconnectPeriod: 0 });
	let leaving = false;
	client.handleMessage = (packet, done) => {
		if (leaving) return;
		const seq = Number(packet.payload.toString());
		counts.set(seq, (counts.get(seq) ?? 0) + 1);
		done();
	};
	await new Promise((resolve) => client.once('connect', resolve));
	const leave = async () => {
		leaving = true;
		await sleep(20);
		await client.endAsync(true);
	};
	return { client, leave };
}
