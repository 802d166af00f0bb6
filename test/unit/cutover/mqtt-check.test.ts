import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { MqttCheck } from '../../../src/lib/config/safeguards.ts';
import { checkMqtt } from '../../../src/lib/cutover/checks/mqtt.ts';

describe('a check by MQTT', () => {
	let broker: Aedes;
	let server: Server;
	const sockets = new Set<Socket>();
	/** What the flows answer to a message on `ping`. */
	let answer: (payload: string, count: number) => string | null;

	beforeAll(async () => {
		let count = 0;
		broker = await Aedes.createBroker({
			authenticate: (_client, username, password, done) =>
				username === 'probe' && password?.toString() !== 's3cret-word'
					? done(Object.assign(new Error('Not authorized'), { returnCode: 5 }), null)
					: done(null, true),
			authorizeSubscribe: (_client, subscription, done) => done(null, subscription.topic === 'forbidden' ? null : subscription),
		});
		broker.subscribe(
			'ping',
			({ payload }, done) => {
				const text = answer(payload.toString(), count++);
				if (text !== null) publish('pong', text);
				done();
			},
			() => {},
		);
		server = createServer((socket) => {
			sockets.add(socket);
			broker.handle(socket);
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	afterAll(async () => {
		await new Promise<void>((resolve) => broker.close(resolve));
		for (const socket of sockets) socket.destroy();
		server.close();
	});

	function publish(topic: string, payload: string, retain = false): void {
		broker.publish({ cmd: 'publish', topic, payload, qos: 0, retain, dup: false }, () => {});
	}
	function check(keys: Partial<MqttCheck> = {}, timeoutMs = 15_000, signal = new AbortController().signal): Promise<void> {
		const { port } = server.address() as { port: number };
		const whole: MqttCheck = { mqtt: `mqtt://127.0.0.1:${port}`, expect: 'pong', publish: 'ping', qos: 1, ...keys };
		return checkMqtt(whole, { endMs: performance.now() + timeoutMs, signal });
	}
	/** A text that no other check uses comes back by it. */
	const echo = (payload: string) => payload;

	it('passes when the text that it published comes back', async () => {
		answer = echo;
		await check({ contains: '{id}', payload: '{"probe":"{id}"}' });
	});

	it('publishes again where nobody listened at first', async () => {
		let ignored = 0;
		answer = (payload) => (ignored++ < 1 ? null : payload);
		await check({ contains: '{id}' });
		expect(ignored).toBe(2);
	});

	it('says what came in place of the answer', async () => {
		let answers = 0;
		answer = () => (answers++ === 0 ? 'something else' : null);
		await expect(check({ contains: '{id}' }, 3000)).rejects.toThrow(
			/^the check of pong .*: 1 message\(s\) came, none with '.+'; the last: 'something else'$/,
		);
	});

	it('takes no retained message for an answer', async () => {
		publish('kept', 'old', true);
		answer = () => null;
		await expect(check({ expect: 'kept' }, 3000)).rejects.toThrow('no message came');
	});

	it('waits for what comes by itself, where it publishes nothing', async () => {
		const timer = setInterval(() => publish('pong', 'tick'), 50);
		await check({ publish: undefined } as object).finally(() => clearInterval(timer));
	});

	it('signs in', async () => {
		answer = echo;
		await check({ username: 'probe', password: 's3cret-word' });
		await expect(check({ username: 'probe', password: 'wrong' }, 3000)).rejects.toThrow(
			/the broker did not take the subscription: .*[Nn]ot authorized/,
		);
	});

	it('says that a topic is refused, and that nobody listens at the address', async () => {
		await expect(check({ expect: 'forbidden' }, 3000)).rejects.toThrow('did not take the subscription: it refuses this topic');
		await expect(check({ mqtt: 'mqtt://127.0.0.1:1' }, 3000)).rejects.toThrow(/did not take the subscription: .*ECONNREFUSED/);
	});

	it('ends with the others', async () => {
		answer = () => null;
		const others = new AbortController();
		const begun = check({}, 60_000, others.signal);
		others.abort();
		await expect(begun).rejects.toThrow('another check failed');
	});
});
