import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerNetwork } from '../../../src/lib/targets/instance.ts';
import { addressWithin, type Interfaces, NetworkWatch } from '../../../src/runner/network-watch.ts';

const address = (text: string, family: 'IPv4' | 'IPv6' = 'IPv4') => ({ address: text, family }) as never;
const container: RunnerNetwork = {
	kind: 'container',
	id: 'a1b2',
	name: 'blue-0',
	subnet: '172.20.0.0/16',
	controlPort: 1879,
	httpPort: 1880,
};
const loopback: Interfaces = { lo: [address('127.0.0.1'), address('::1', 'IPv6')] };
const connected: Interfaces = { ...loopback, eth0: [address('10.1.0.4')], eth1: [address('fd00::3', 'IPv6'), address('172.20.0.3')] };

describe('the address within a network', () => {
	it.each<[string, string, Interfaces, string | null]>([
		['is that of the interface that is in it', '172.20.0.0/16', connected, '172.20.0.3'],
		['goes by the whole prefix', '172.20.0.0/29', connected, '172.20.0.3'],
		['is none just outside', '172.20.0.4/30', connected, null],
		['is none of another network', '192.168.0.0/24', connected, null],
		['is none where the container is disconnected', '172.20.0.0/16', loopback, null],
		['is none of an interface without addresses', '172.20.0.0/16', { eth0: undefined, eth1: [] }, null],
	])('%s', (_, subnet, interfaces, expected) => {
		expect(addressWithin(interfaces, subnet)).toBe(expected);
	});
});

describe('the watch of the network', () => {
	it('tells each look at which the container is cut off, and logs each change once', async () => {
		let interfaces = connected;
		let looks = 0;
		const logged: [string, object][] = [];
		const watch = new NetworkWatch(
			container,
			{ write: (event, facts) => void logged.push([event, facts]) },
			{ interfaces: () => interfaces },
		);
		void watch.run(async () => void looks++);
		await sleep(600);
		expect([looks, logged, watch.address, watch.cutOff]).toEqual([0, [], '172.20.0.3', false]);
		interfaces = loopback;
		expect([watch.address, watch.cutOff]).toEqual([null, true]);
		while (looks < 3) await sleep(20);
		interfaces = { ...loopback, eth1: [address('172.20.0.9')] };
		while (logged.length < 2) await sleep(20);
		expect(logged).toEqual([
			['cut off from its network', { subnet: '172.20.0.0/16', address: null }],
			['in its network again', { subnet: '172.20.0.0/16', address: '172.20.0.9' }],
		]);
		expect(watch.address).toBe('172.20.0.9');
	});

	it('has nothing to look at where everything is on one machine', async () => {
		const watch = new NetworkWatch({ kind: 'loopback' }, { write: () => {} }, { interfaces: () => ({}) });
		await watch.run(() => Promise.reject(new Error('it looked')));
		expect([watch.address, watch.cutOff, watch.listenHost]).toEqual(['127.0.0.1', false, '127.0.0.1']);
	});

	it('takes a pod for one that is reached, whatever its interfaces are, at the gateway beside its Node-RED', async () => {
		const log = { write: () => {} };
		const watch = new NetworkWatch({ kind: 'pod' }, log, { interfaces: () => loopback, podAddress: '10.1.0.7' });
		await watch.run(() => Promise.reject(new Error('it looked')));
		expect([watch.cutOff, watch.listenHost, watch.listenPort, watch.urlOf(1881)]).toEqual([
			false,
			'127.0.0.1',
			1881,
			'http://10.1.0.7:1880',
		]);
		expect(new NetworkWatch({ kind: 'pod' }, log, { podAddress: 'fd00::7' }).urlOf(1881)).toBe('http://[fd00::7]:1880');
		const unnamed = new NetworkWatch({ kind: 'pod' }, log);
		expect([unnamed.urlOf(1881), unnamed.cutOff]).toEqual([null, false]);
	});

	it('knows where Node-RED is to listen, and where what it serves is reached', () => {
		const log = { write: () => {} };
		const alone = new NetworkWatch({ kind: 'loopback' }, log);
		expect([alone.listenPort, alone.urlOf(40_123)]).toEqual([0, 'http://127.0.0.1:40123']);
		const contained = new NetworkWatch(container, log, { interfaces: () => connected });
		expect([contained.listenHost, contained.listenPort, contained.urlOf(1880)]).toEqual(['0.0.0.0', 1880, 'http://172.20.0.3:1880']);
		expect(new NetworkWatch(container, log, { interfaces: () => loopback }).urlOf(1880)).toBeNull();
	});
});
