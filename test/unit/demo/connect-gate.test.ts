import { ConnectGate } from '../../../demo/connect-gate.ts';

describe('ConnectGate', () => {
	const setUp = () => {
		const gate = new ConnectGate();
		const log: string[] = [];
		const client = {};
		return {
			gate,
			log,
			client,
			publish: (name: string) => gate.publish(() => log.push(name)),
			connect: (who: object = client) => gate.connect(who, () => log.push('connect')),
		};
	};

	it('lets publishes pass while nobody connects', () => {
		const { log, publish } = setUp();
		publish('a');
		publish('b');
		expect(log).toEqual(['a', 'b']);
	});

	it('holds publishes while a client connects, and releases them in order', () => {
		const { gate, log, client, publish, connect } = setUp();
		connect();
		publish('a');
		publish('b');
		expect(log).toEqual(['connect']);
		gate.connected(client);
		gate.connected(client);
		expect(log).toEqual(['connect', 'a', 'b']);
	});

	it('lets a client connect only after what is on its way has gone out', () => {
		const { gate, log, client, publish, connect } = setUp();
		publish('a');
		publish('b');
		connect();
		publish('late');
		gate.published();
		expect(log).toEqual(['a', 'b']);
		gate.published();
		expect(log).toEqual(['a', 'b', 'connect']);
		gate.connected(client);
		expect(log).toEqual(['a', 'b', 'connect', 'late']);
	});

	it('waits for every client that connects', () => {
		const { gate, log, client, publish, connect } = setUp();
		const other = {};
		connect();
		connect(other);
		publish('a');
		gate.connected(client);
		expect(log).not.toContain('a');
		gate.connected(other);
		expect(log).toContain('a');
	});
});
