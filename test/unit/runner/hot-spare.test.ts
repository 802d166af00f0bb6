import { setTimeout as sleep } from 'node:timers/promises';
import type { FailoverStore, Intent } from '../../../src/lib/failover/failover-store.ts';
import type { LeaseStore } from '../../../src/lib/lease/lease.ts';
import type { CutOrder, InstanceState, Mark, Position, Stream, StreamReport } from '../../../src/lib/targets/instance.ts';
import { HotSpare, type Leader } from '../../../src/runner/hot-spare.ts';
import type { Log } from '../../../src/runner/log.ts';

const stream: Stream = { key: 'plant', topic: 'in', qos: 0, connection: 'b1', server: 'mqtt://b' };

/** One side's streams: what it has emitted, and where it stood at each sentinel. */
class Side {
	topic = '';
	session = 'first';
	emitted = 0;
	marks: Mark[] = [];

	report(): StreamReport {
		const counts = { plant: [this.emitted, 0, 0] };
		return { session: this.session, connections: ['b1'], streams: [stream], marks: [...this.marks], counts, lost: [], closedAtMs: null };
	}

	listen(topic: string): StreamReport {
		if (topic !== this.topic) this.marks = [];
		this.topic = topic;
		return this.report();
	}

	mark(sentinel: number): void {
		this.marks.push({ connection: 'b1', qos: 0, sentinel, counts: { plant: this.emitted } });
	}
}

/** An active instance and its hot spare, without any process. */
class World {
	readonly active = new Side();
	readonly spare = new Side();
	handled = 0;
	state: InstanceState = 'standby';
	intent: Intent = { servingSlot: 'blue', promotion: null, paused: null };
	holder: string | null = 'blue/0@7';
	advanced: CutOrder[] = [];
	refusal: string | null = null;
	answers = true;
	refusesMarks = false;
	readonly hot: HotSpare;

	constructor() {
		const leader: Leader = {
			name: 'blue/0',
			listen: async (topic) => {
				const report = this.active.listen(topic);
				if (this.refusesMarks) throw new Error('the broker refuses it');
				return report;
			},
			sendSentinel: async (sentinel) => {
				this.active.mark(sentinel);
				this.spare.mark(sentinel);
			},
			streams: async () => this.active.report(),
			position: async () => this.position(),
		};
		this.hot = new HotSpare({
			slot: 'blue',
			seat: 'active',
			cutTopic: 'cut',
			connectMs: 1000,
			leases: {
				list: async () => (this.holder ? [{ seat: 'active', holder: this.holder, token: 1, remainingMs: 500 }] : []),
			} as unknown as LeaseStore,
			failover: { intent: async () => this.intent } as unknown as FailoverStore,
			clock: { nowMs: () => performance.now(), bootId: 'boot' },
			log: { write: () => {} } as unknown as Log,
			peer: (name) => (name === 'blue/0' ? leader : null),
			self: {
				name: 'blue/1',
				listen: async (topic) => this.spare.listen(topic),
				sendSentinel: async () => {},
				streams: async () => this.spare.report(),
			},
			state: () => this.state,
			gate: async () => {
				if (!this.refusal) this.state = 'gated';
				return { refused: this.refusal };
			},
			ungate: async () => {
				this.state = 'standby';
			},
			advance: async (order) => {
				this.advanced.push(order);
				return { session: this.spare.session };
			},
		});
		void this.hot.run();
	}

	position(): Position | null {
		if (!this.answers) throw new Error('nobody answers');
		if (this.active.topic === '') return null;
		return { session: this.active.session, counts: { plant: [this.handled, 0, 0] }, atMs: 1000 + this.handled };
	}

	async until(happened: () => boolean): Promise<void> {
		const end = performance.now() + 20_000;
		while (!happened()) {
			if (performance.now() > end) throw new Error('it did not happen');
			await sleep(10);
		}
	}

	/** Until it has looked once more. */
	async looked(): Promise<void> {
		const { length } = this.advanced;
		await this.until(() => this.advanced.length > length + 1);
	}
}

describe('a hot spare', () => {
	let world: World;
	beforeEach(() => {
		world = new World();
	});
	// Its loop goes on until the process ends; a state like this gives it nothing to do.
	afterEach(() => {
		world.state = 'stopping';
	});

	it('waits behind the gate, and forgets what the active one has handled, by its own count', async () => {
		// The spare subscribed later: its first message is the eleventh of the active one.
		world.active.emitted = 10;
		await world.looked();
		expect(world.hot.following).toEqual({ instance: 'blue/0', counted: true });
		world.handled = 15;
		await world.looked();
		expect(world.advanced.at(-1)?.handled).toEqual({ plant: [5, 0, 0] });
	});

	it('opens where the active one had come to when it last told, asking its runner once more', async () => {
		await world.looked();
		world.handled = 7;
		world.holder = null;
		expect(await world.hot.lastOrder()).toMatchObject({ handled: { plant: [7, 0, 0] } });
		world.answers = false;
		world.handled = 9;
		expect(await world.hot.lastOrder()).toMatchObject({ handled: { plant: [7, 0, 0] } });
	});

	it.each(['active', 'spare'] as const)(
		'counts anew where the %s one lost a connection meanwhile, and goes by the clock until then',
		async (side) => {
			await world.looked();
			world.refusesMarks = true;
			world[side].session = 'second';
			await world.until(() => world.hot.following?.counted === false);
			await world.looked();
			expect(world.advanced.at(-1)).toEqual({ handled: {}, closedAtMs: 500 });
			world.refusesMarks = false;
			await world.until(() => world.hot.following?.counted === true);
			await world.looked();
			expect(world.advanced.at(-1)?.handled).toEqual({ plant: [0, 0, 0] });
		},
	);

	it('goes by the clock from the beginning where the place cannot be counted, and tries again on another topic', async () => {
		world.refusesMarks = true;
		await world.looked();
		const first = world.active.topic;
		expect(world.hot.following).toEqual({ instance: 'blue/0', counted: false });
		world.refusesMarks = false;
		await world.until(() => world.hot.following?.counted === true);
		expect(world.active.topic).not.toBe(first);
	});

	it('goes on counting when somebody else marks the active one: a second spare, or a cutover', async () => {
		await world.looked();
		world.active.listen('cut/of-another');
		world.handled = 3;
		await world.looked();
		expect([world.active.topic, world.hot.following?.counted]).toEqual(['cut/of-another', true]);
		expect(world.advanced.at(-1)?.handled).toEqual({ plant: [3, 0, 0] });
	});

	it('goes on also while a cutover counts, and has nothing marked then', async () => {
		await world.looked();
		const { topic } = world.active;
		world.intent = { ...world.intent, promotion: { kind: 'going', reached: 'validated', running: 'connect' } };
		world.active.session = 'second';
		await world.until(() => world.hot.following?.counted === false);
		await world.looked();
		expect(world.active.topic).toBe(topic);
	});

	it('lets go when another slot serves, and not before its promotion is over', async () => {
		await world.looked();
		world.intent = { servingSlot: 'green', promotion: { kind: 'going', reached: 'verified', running: 'release' }, paused: null };
		await sleep(250);
		expect(world.state).toBe('gated');
		world.intent = { servingSlot: 'green', promotion: null, paused: null };
		await world.until(() => world.state === 'standby');
		expect(world.hot.following).toBeNull();
	});

	it('stays warm where this Node-RED cannot wait behind a gate', async () => {
		world.refusal = 'it is of a version that is not known';
		await sleep(250);
		expect([world.state, world.advanced]).toEqual(['standby', []]);
	});
});
