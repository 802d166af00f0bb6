import { setTimeout as sleep } from 'node:timers/promises';
import type { Router, Traffic as RouterTraffic, Upstream } from '../../../src/lib/routers/router.ts';
import { Traffic } from '../../../src/runner/traffic.ts';

const [blue0, blue1, green0] = ['blue/0', 'blue/1', 'green/0'].map((instance) => ({ instance, url: `http://${instance}` })) as [
	Upstream,
	Upstream,
	Upstream,
];

/** A router, and whether a promotion is under way. */
class World {
	traffic: RouterTraffic = { state: 'closed' };
	readonly orders: string[] = [];
	fault: Error | null = null;
	mayOrder = true;
	isStill = true;
	isOver = false;
	beside: Upstream[] = [];
	readonly logged: string[] = [];
	readonly router = {
		status: async () => ({ traffic: this.traffic }),
		route: async (upstreams: Upstream[]) => {
			if (this.fault) throw this.fault;
			this.orders.push(upstreams.map(({ instance }) => instance).join(' '));
			this.traffic = { state: 'flowing', upstreams };
		},
	} as unknown as Router;
	readonly subject = new Traffic(
		{
			router: this.router,
			log: { write: (event) => void this.logged.push(event) },
			mayOrder: async () => this.mayOrder,
			beside: async () => this.beside,
		},
		{ retryMs: 5, lookAgainMs: 150 },
	);
}

describe('the traffic of an instance that became active by itself', () => {
	let world: World;
	beforeEach(() => {
		world = new World();
	});
	afterEach(() => {
		world.isStill = false;
	});
	const begin = () => {
		const of = world;
		void of.subject
			.bringTo(blue0, () => of.isStill)
			.then(() => {
				of.isOver = true;
			});
	};
	/** Long enough for every look that could come. */
	const aWhile = () => sleep(400);
	const until = async (happened: () => boolean) => {
		for (const end = performance.now() + 20_000; !happened() && performance.now() < end; ) await sleep(2);
		expect(happened()).toBe(true);
	};
	const ordered = (times: number) => until(() => world.orders.length === times);
	const over = () => until(() => world.isOver);

	it('is ordered once, and looked for once', async () => {
		begin();
		await over();
		expect(world.orders).toEqual(['blue/0']);
	});

	it.each<[string, Upstream[]]>([
		['a late order of another took it away', [blue1]],
		['the router has it at an earlier address', [{ ...blue0, url: 'http://earlier' }]],
	])('is ordered again where %s', async (_, upstreams) => {
		begin();
		await ordered(1);
		world.traffic = { state: 'flowing', upstreams };
		await over();
		expect(world.orders).toEqual(['blue/0', 'blue/0']);
	});

	it('is ordered as soon as a router takes orders, and the fault told once', async () => {
		world.fault = new Error('no router runs');
		begin();
		await sleep(60);
		expect([world.orders, world.logged]).toEqual([[], ['the router does not take the traffic here; trying again']]);
		world.fault = null;
		await ordered(1);
	});

	it('goes with that of the others that are active', async () => {
		world.beside = [blue1];
		begin();
		await ordered(1);
		expect(world.orders).toEqual(['blue/0 blue/1']);
	});

	it("does not let go what a promotion holds, however long the router's fault lasted", async () => {
		world.fault = new Error('no router runs');
		begin();
		await sleep(30);
		world.mayOrder = false;
		world.fault = null;
		world.traffic = { state: 'held', since: '', waiting: 3, upstreams: [blue0] };
		await aWhile();
		expect([world.orders, world.traffic.state, world.isOver]).toEqual([[], 'held', false]);
	});

	it('is left to a promotion that moves it on', async () => {
		begin();
		await ordered(1);
		world.mayOrder = false;
		world.traffic = { state: 'flowing', upstreams: [green0] };
		await aWhile();
		world.isStill = false;
		await over();
		expect(world.orders).toEqual(['blue/0']);
	});

	it('is its own again after a promotion that was taken back without ordering it', async () => {
		begin();
		await ordered(1);
		world.mayOrder = false;
		world.traffic = { state: 'flowing', upstreams: [green0] };
		await aWhile();
		world.mayOrder = true;
		await over();
		expect(world.orders).toEqual(['blue/0', 'blue/0']);
	});

	it('is nothing to an instance that is active no more', async () => {
		world.fault = new Error('no router runs');
		begin();
		await sleep(30);
		world.isStill = false;
		await over();
		expect(world.orders).toEqual([]);
	});

	describe('beside others', () => {
		let active: string[];
		beforeEach(() => {
			active = ['blue/0', 'blue/1'];
			world.traffic = { state: 'flowing', upstreams: [blue0, blue1] };
			const of = world;
			void of.subject.tend(
				() => of.isStill,
				async () => new Set(active),
			);
		});

		it('is left as it is while all of them serve', async () => {
			await aWhile();
			expect(world.orders).toEqual([]);
		});

		it('goes no more to one that was cut off', async () => {
			active = ['blue/0'];
			await ordered(1);
			await aWhile();
			expect([world.orders, world.logged]).toEqual([['blue/0'], ['others get no traffic any more']]);
		});

		it.each<[string, (active: string[]) => void]>([
			['a promotion orders it', () => Object.assign(world, { mayOrder: false })],
			['this instance does not serve', () => Object.assign(world, { isStill: false })],
			['it is held', () => Object.assign(world, { traffic: { state: 'held', since: '', waiting: 0, upstreams: [blue0, blue1] } })],
			['nobody would be left', (names) => names.splice(0)],
		])('is left as it is where %s', async (_, change) => {
			active = ['blue/0'];
			change(active);
			await aWhile();
			expect(world.orders).toEqual([]);
		});

		it('is looked after again once the router answers', async () => {
			active = ['blue/0'];
			world.fault = new Error('no router runs');
			await aWhile();
			world.fault = null;
			await ordered(1);
		});
	});
});
