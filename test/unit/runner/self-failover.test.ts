import { setTimeout as sleep } from 'node:timers/promises';
import { failover as failoverSchema } from '../../../src/lib/config/failover-config.ts';
import type { FailoverPause, Intent } from '../../../src/lib/failover/failover-store.ts';
import type { LeaseRecord } from '../../../src/lib/lease/lease.ts';
import type { Traffic, Upstream } from '../../../src/lib/routers/router.ts';
import type { FailoverConfig, InstanceState, InstanceStatus, RunnerConfig } from '../../../src/lib/targets/instance.ts';
import type { Member } from '../../../src/runner/confirmation.ts';
import { type FailoverWorld, SelfFailover } from '../../../src/runner/self-failover.ts';

const url = (instance: string) => `http://${instance.replace('/', '-')}:1880`;
const upstream = (instance: string): Upstream => ({ instance, url: url(instance) });
const seatOf = (instance: string, seat = `active/${instance.split('/')[1]}`): LeaseRecord => ({
	...{ seat, holder: `${instance}@1`, token: 1, remainingMs: 500 },
});

/** `blue/0`, and what it sees of the world. */
class World {
	intent: Intent | Error = { servingSlot: 'blue', promotion: null, paused: null };
	leases: LeaseRecord[] = [];
	traffic: Traffic = { state: 'closed' };
	readonly orders: string[][] = [];
	cutOff = false;
	state: InstanceState = 'active';
	/** By their names; null: does not answer. */
	readonly others: Record<string, Partial<InstanceStatus> | null> = {};
	readonly asked: string[] = [];
	taken = 0;
	/** Of its own gateway, where it has one. */
	readonly received: boolean[] = [];
	holds = 0;
	readonly subject: SelfFailover;

	constructor(config: Partial<FailoverConfig> = {}, { storeLost = 'demote', seat = 'active/0', inPod = false } = {}) {
		const settings = failoverSchema.parse({ storeLost });
		const member = (name: string): Member => ({
			name,
			status: async () => this.others[name] as InstanceStatus | null,
			confirm: async () => {
				this.asked.push(name);
				return true;
			},
		});
		const router = {
			status: async () => ({ traffic: this.traffic }),
			hold: async () => void this.holds++,
			route: async (upstreams: Upstream[]) => {
				this.orders.push(upstreams.map((each) => each.url));
				this.traffic = { state: 'flowing', upstreams };
			},
			receive: async (releases: boolean) => void this.received.push(releases),
		};
		const world = {
			leases: { list: async () => this.leases },
			failover: {
				intent: async () => {
					if (this.intent instanceof Error) throw this.intent;
					return this.intent;
				},
			},
			router,
			ownRouter: inPod ? router : null,
			members: () => Object.keys(this.others).map(member),
			peer: () => null,
			clock: { nowMs: () => 100_000, bootId: 'x' },
			log: { write: () => {} },
		} as unknown as FailoverWorld;
		const runner = { instance: 'blue/0', seat, leaseTiming: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 } } as RunnerConfig;
		const failover = { slot: 'blue', spare: null, traffic: 'shared', settings, ...config } as FailoverConfig;
		this.subject = new SelfFailover(runner, failover, world, {
			ask: () => Promise.reject(new Error('nobody asks')),
			gate: async () => ({ refused: null }),
			state: () => this.state,
			active: () => (this.state === 'active' ? { url: url('blue/0'), localUrl: 'http://127.0.0.1:1881', token: 1 } : null),
			ungate: async () => {},
			takeOver: async () => {
				this.taken++;
				this.state = 'active';
			},
			cutOff: () => this.cutOff,
			end: () => {},
		});
	}

	async until(happened: () => boolean): Promise<void> {
		for (const end = performance.now() + 20_000; !happened() && performance.now() < end; ) await sleep(5);
		expect(happened()).toBe(true);
	}
}

const worlds: World[] = [];
const open = (...args: ConstructorParameters<typeof World>) => {
	const world = new World(...args);
	worlds.push(world);
	return world;
};
afterEach(() => {
	for (const world of worlds.splice(0)) world.state = 'stopping';
});
const paused: FailoverPause = { by: 'ann', since: '', until: null, reason: 'asked' };

describe('whether an instance keeps its seat when its Node-RED ends', () => {
	it.each<[string, string | null, Partial<FailoverConfig>, Partial<World>]>([
		['it lets it go to a spare', null, { spare: 'warm' }, {}],
		['without a spare it keeps it', 'it has no spare', { spare: null }, {}],
		['cut off, it lets it go even without one', null, { spare: null }, { cutOff: true }],
		[
			'cut off, it keeps it where no failover is to be',
			'automatic failover is paused',
			{},
			{ cutOff: true, intent: { servingSlot: 'blue', promotion: null, paused } },
		],
		[
			'where the state cannot be read it keeps it',
			'the state cannot be read: Error: locked',
			{ spare: 'warm' },
			{ intent: new Error('locked') },
		],
	])('%s', async (_, why, config, facts) => {
		const world = Object.assign(open(config), facts);
		expect(await world.subject.whyKeepSeat()).toBe(why);
	});
});

describe('an instance that stands by', () => {
	it('takes no seat while it is cut off, and takes it when it is not any more', async () => {
		const world = Object.assign(open(), { state: 'standby', cutOff: true });
		world.subject.start();
		await sleep(150);
		expect(world.taken).toBe(0);
		world.cutOff = false;
		await world.until(() => world.taken === 1);
	});
});

describe('the traffic that an instance brings to itself', () => {
	it('is its alone in hot-spare mode', async () => {
		const world = open({ traffic: 'alone' }, { seat: 'active' });
		world.others['blue/1'] = { state: 'active', url: url('blue/1') };
		world.subject.bringTraffic('blue/0');
		await world.until(() => world.orders.length === 1);
		expect(world.orders).toEqual([[url('blue/0')]]);
	});

	it('goes to all of its slot that serve, and to no other', async () => {
		const world = open();
		Object.assign(world.others, {
			'blue/1': { state: 'active', url: 'http://newer:1880' },
			'blue/2': null, // frozen: it has its seat
			'blue/3': null, // cut off: it has let it go
			'blue/4': { state: 'standby', url: url('blue/4') },
			'blue/5': { state: 'active', url: null },
			'green/0': { state: 'active', url: url('green/0') },
		});
		world.leases = [seatOf('blue/1'), seatOf('blue/2'), seatOf('blue/3', 'primary')];
		world.traffic = { state: 'flowing', upstreams: ['blue/1', 'blue/2', 'blue/3', 'blue/4'].map(upstream) };
		world.subject.bringTraffic('blue/0');
		await world.until(() => world.orders.length === 1);
		expect(world.orders).toEqual([[url('blue/0'), 'http://newer:1880', url('blue/2')]]);
	});

	it('is not ordered while a promotion moves the seat, or the state cannot be read', async () => {
		const world = open();
		world.intent = { servingSlot: 'blue', promotion: { kind: 'going', reached: 'connected', running: 'hold' }, paused: null };
		world.subject.bringTraffic('blue/0');
		await sleep(100);
		world.intent = new Error('locked');
		await sleep(300);
		expect(world.orders).toEqual([]);
		world.intent = { servingSlot: 'blue', promotion: null, paused };
		await world.until(() => world.orders.length === 1);
	});

	it('comes back to one whose Node-RED ran again, where others share it', async () => {
		const [shared, alone] = [open(), open({ traffic: 'alone' })];
		for (const { subject } of [shared, alone]) subject.rejoinTraffic('blue/0');
		await shared.until(() => shared.orders.length === 1);
		expect(alone.orders).toEqual([]);
	});

	it('goes no more to one that let its seat go, and is left to one that goes on without the store', async () => {
		const world = open();
		Object.assign(world.others, { 'blue/1': null, 'blue/2': { state: 'active', url: url('blue/2') }, 'blue/3': { state: 'starting' } });
		world.leases = [seatOf('blue/0'), seatOf('blue/3')];
		world.traffic = { state: 'flowing', upstreams: ['blue/0', 'blue/1', 'blue/2', 'blue/3'].map(upstream) };
		world.subject.start();
		await world.until(() => world.orders.length === 1);
		expect(world.orders).toEqual([[url('blue/0'), url('blue/2'), url('blue/3')]]);
	});
});

describe('who is asked to leave the seat alone while the store is lost', () => {
	const others = { 'blue/1': null, 'green/0': null, 'green/1': null };

	it('is everybody where all seek one seat', async () => {
		const world = open({ traffic: 'alone' }, { storeLost: 'confirm', seat: 'active' });
		Object.assign(world.others, others);
		expect(await world.subject.confirmer('blue/0@1', 1000)?.()).toBe(true);
		expect(world.asked).toEqual(['blue/1', 'green/0', 'green/1']);
	});

	it('is the counterpart alone where each has its own: the others are active themselves, and seek none', async () => {
		const world = open({}, { storeLost: 'confirm' });
		Object.assign(world.others, others, { 'blue/1': { lease: { token: 1 } } });
		expect(await world.subject.confirmer('blue/0@1', 1000)?.()).toBe(true);
		expect(world.asked).toEqual(['green/0']);
		expect(await world.subject.seek(async () => null)).toBeNull();
	});
});

describe('an instance whose gateway is its own', () => {
	const alone = { traffic: 'alone', spare: 'warm' } as const;
	const inPod = { seat: 'active', inPod: true };

	it('passes on what still comes there to whoever takes its seat, and holds it until then', async () => {
		const world = Object.assign(open(alone, inPod), { state: 'starting' });
		world.subject.leaveTraffic();
		await world.until(() => world.holds === 1);
		world.others['green/0'] = { instance: 'green/0', state: 'activating', url: url('green/0') };
		world.leases = [seatOf('green/0', 'active')];
		await sleep(150);
		expect(world.orders).toEqual([]);
		world.others['green/0'] = { instance: 'green/0', state: 'active', url: url('green/0') };
		await world.until(() => world.orders.length === 1);
		expect([world.orders, world.holds]).toEqual([[[url('green/0')]], 1]);
	});

	it('passes it on to those beside it, where they share the traffic', async () => {
		const world = Object.assign(open({}, { inPod: true }), { state: 'starting' });
		world.others['blue/1'] = { state: 'active', url: url('blue/1') };
		world.subject.leaveTraffic();
		await world.until(() => world.orders.length === 1);
		expect(world.orders).toEqual([[url('blue/1')]]);
	});

	it('leaves it as it is while a promotion moves the seat, or its slot does not serve', async () => {
		const world = Object.assign(open(alone, inPod), { state: 'starting' });
		const promotion = { kind: 'going', reached: 'connected', running: 'hold' } as const;
		world.intent = { servingSlot: 'blue', promotion, paused: null };
		world.subject.leaveTraffic();
		await sleep(120);
		world.intent = { servingSlot: 'green', promotion: null, paused: null };
		await sleep(120);
		expect([world.holds, world.orders]).toEqual([0, []]);
	});

	it('gets again what comes there when it is active, what it held included, after its last order to the contrary', async () => {
		const world = Object.assign(open(alone, inPod), { state: 'starting' });
		world.subject.leaveTraffic();
		await world.until(() => world.holds === 1);
		world.state = 'active';
		world.subject.receiveTraffic();
		await world.until(() => world.received.length === 1);
		world.subject.receiveTraffic();
		await world.until(() => world.received.length === 2);
		expect([world.received, world.orders]).toEqual([[true, false], []]);
	});

	it('waits for a successor before it ends, for a while, where there may be one', async () => {
		const world = Object.assign(open(alone, inPod), { state: 'stopping' });
		const took = async (maxMs: number) => {
			const began = performance.now();
			await world.subject.leaveTrafficFor(maxMs);
			return performance.now() - began;
		};
		expect(await took(200)).toBeGreaterThan(190);
		world.intent = { servingSlot: 'blue', promotion: null, paused };
		expect(await took(30_000)).toBeLessThan(15_000);
		world.intent = { servingSlot: 'blue', promotion: null, paused: null };
		await world.subject.holdTraffic(1000);
		expect(world.holds).toBeGreaterThan(0);
		const left = took(60_000);
		world.leases = [seatOf('blue/1', 'active')];
		world.others['blue/1'] = { instance: 'blue/1', state: 'active', url: url('blue/1') };
		expect(await left).toBeLessThan(30_000);
		expect(world.orders).toEqual([[url('blue/1')]]);
	});

	it("has none of that where the gateway is everybody's", async () => {
		const world = Object.assign(open(alone), { state: 'stopping' });
		world.subject.leaveTraffic();
		world.subject.receiveTraffic();
		await world.subject.leaveTrafficFor(60_000);
		expect([world.holds, world.orders, world.received]).toEqual([0, [], []]);
	});
});
