import { jest } from '@jest/globals';
import { Tally } from '../../../src/gateway/tally.ts';
import { TrafficSwitch } from '../../../src/gateway/traffic-switch.ts';
import type { Refusal, Visitor } from '../../../src/gateway/visitor.ts';
import type { StoredTraffic } from '../../../src/lib/routers/router.ts';

const blue = [{ instance: 'blue/0', url: 'http://127.0.0.1:1' }];
const green = [{ instance: 'green/0', url: 'http://127.0.0.1:2' }];
const limits = { maxMs: 60_000, maxRequests: 3 };
const takeover = { maxMs: 1_000, maxRequests: 3 };

/** Visitors that write down what becomes of them; each passes at once, or when it is let. */
function scene(traffic: StoredTraffic) {
	const tally = new Tally();
	const told: string[] = [];
	const blocked = new Map<string, () => void>();
	const dead = new Set<string>();
	const theSwitch = new TrafficSwitch(traffic, tally, takeover);
	const visitor = (name: string, blocks = false): Visitor => ({
		pass: async ([upstream]) => {
			if (blocks) await new Promise<void>((resolve) => blocked.set(name, resolve));
			if (dead.has(String(upstream?.instance))) return 'unreachable';
			told.push(`${name} → ${upstream?.instance}`);
			return 'done';
		},
		refuse: (reason: Refusal) => told.push(`${name}: ${reason}`),
	});
	return { theSwitch, tally, told, dead, visitor, unblock: (name: string) => blocked.get(name)?.() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the traffic switch', () => {
	it('passes on while flowing, and refuses while closed', () => {
		const { theSwitch, told, visitor } = scene({ state: 'closed' });
		theSwitch.admit(visitor('a'));
		theSwitch.flow(blue);
		theSwitch.admit(visitor('b'));
		theSwitch.close();
		theSwitch.admit(visitor('c'));
		expect(told).toEqual(['a: closed', 'b → blue/0', 'c: closed']);
	});

	it('sends nobody past those whom a release has not reached yet', async () => {
		const { theSwitch, told, visitor, unblock } = scene({ state: 'flowing', upstreams: blue });
		theSwitch.hold(limits);
		theSwitch.admit(visitor('a', true));
		theSwitch.admit(visitor('b'));
		theSwitch.flow(green);
		theSwitch.admit(visitor('late'));
		expect(told).toEqual([]);
		unblock('a');
		await settle();
		expect(told).toEqual(['a → green/0', 'b → green/0', 'late → green/0']);
		theSwitch.admit(visitor('after'));
		expect(told.at(-1)).toBe('after → green/0');
	});

	it('stops a release at a new hold, and sends the rest to where the next one leads', async () => {
		const { theSwitch, told, visitor, unblock } = scene({ state: 'flowing', upstreams: blue });
		theSwitch.hold(limits);
		theSwitch.admit(visitor('a', true));
		theSwitch.admit(visitor('b'));
		theSwitch.flow(green);
		theSwitch.hold(limits);
		unblock('a');
		await settle();
		expect(theSwitch.traffic).toMatchObject({ state: 'held', waiting: 1, upstreams: green });
		theSwitch.flow(blue);
		await settle();
		expect(told).toEqual(['a → green/0', 'b → blue/0']);
	});

	it('counts those who had to wait, and refuses more than the limit', () => {
		const { theSwitch, tally, told, visitor } = scene({ state: 'held', since: '2026-01-01T00:00:00.000Z', limits, upstreams: blue });
		for (const name of ['a', 'b', 'c', 'd']) theSwitch.admit(visitor(name));
		expect(told).toEqual(['d: queue-full']);
		expect(tally.totals.held).toBe(3);
		theSwitch.stop();
		expect(told.slice(1)).toEqual(['a: stopping', 'b: stopping', 'c: stopping']);
	});

	it('keeps the beginning of a hold, takes its new limits, and stores both', () => {
		const { theSwitch } = scene({ state: 'held', since: '2026-01-01T00:00:00.000Z', limits, upstreams: blue });
		theSwitch.hold({ maxMs: 5, maxRequests: 1 });
		expect(theSwitch.stored).toEqual({
			state: 'held',
			since: '2026-01-01T00:00:00.000Z',
			limits: { maxMs: 5, maxRequests: 1 },
			upstreams: blue,
		});
	});
});

describe('while nobody accepts connections', () => {
	const flowing: StoredTraffic = { state: 'flowing', upstreams: blue };
	const tryAgain = () => jest.advanceTimersByTimeAsync(50);
	beforeEach(() => {
		jest.useFakeTimers();
	});
	afterEach(() => {
		jest.useRealTimers();
	});

	/** `a` and `b` found blue dead, in the other order; `c` came after that. */
	async function stalled() {
		const stage = scene(flowing);
		const { theSwitch, dead, visitor, unblock } = stage;
		dead.add('blue/0');
		const visitors = { a: visitor('a', true), b: visitor('b'), c: visitor('c') };
		theSwitch.admit(visitors.a);
		theSwitch.admit(visitors.b);
		await jest.advanceTimersByTimeAsync(0);
		// `a` is the first of the queue from here on: it does not block again.
		visitors.a.pass = visitor('a').pass;
		unblock('a');
		await jest.advanceTimersByTimeAsync(0);
		theSwitch.admit(visitors.c);
		return { ...stage, visitors };
	}

	it('all wait, and go in the order of arrival when somebody accepts again', async () => {
		const { theSwitch, tally, told, dead } = await stalled();
		expect([theSwitch.waiting, tally.totals.held, theSwitch.traffic]).toEqual([3, 3, flowing]);
		await tryAgain();
		expect(told).toEqual([]);
		dead.clear();
		await tryAgain();
		expect(told).toEqual(['a → blue/0', 'b → blue/0', 'c → blue/0']);
		expect(theSwitch.waiting).toBe(0);
	});

	it('only the first of them tries again', async () => {
		const { theSwitch, visitors } = await stalled();
		const passes = Object.values(visitors).map((visitor) => jest.spyOn(visitor, 'pass'));
		await tryAgain();
		await tryAgain();
		expect(passes.map(({ mock }) => mock.calls.length)).toEqual([2, 0, 0]);
		theSwitch.leave(visitors.a);
		await tryAgain();
		expect(passes.map(({ mock }) => mock.calls.length)).toEqual([2, 1, 0]);
	});

	it('they go to where the traffic is ordered, at once', async () => {
		const { theSwitch, told, visitor } = await stalled();
		theSwitch.flow(green);
		theSwitch.admit(visitor('d'));
		await jest.advanceTimersByTimeAsync(0);
		expect(told).toEqual(['d: queue-full', 'a → green/0', 'b → green/0', 'c → green/0']);
		theSwitch.admit(visitor('e'));
		await jest.advanceTimersByTimeAsync(0);
		expect(told.at(-1)).toBe('e → green/0');
	});

	it('they are refused when the limit is reached, and when they have waited for too long', async () => {
		const { theSwitch, told, visitor } = await stalled();
		theSwitch.admit(visitor('d'));
		expect(told).toEqual(['d: queue-full']);
		await jest.advanceTimersByTimeAsync(999);
		expect(told).toHaveLength(1);
		await jest.advanceTimersByTimeAsync(1);
		expect(told.slice(1).sort()).toEqual(['a: unreachable', 'b: unreachable', 'c: unreachable']);
		// The next one is a first one.
		await tryAgain();
		theSwitch.admit(visitor('e'));
		await jest.advanceTimersByTimeAsync(0);
		expect(theSwitch.waiting).toBe(1);
	});

	it('a hold takes them over, with its own limits', async () => {
		const { theSwitch, told, dead } = await stalled();
		await jest.advanceTimersByTimeAsync(900);
		theSwitch.hold({ maxMs: 5_000, maxRequests: 10 });
		await jest.advanceTimersByTimeAsync(4_000);
		expect(theSwitch.traffic).toMatchObject({ state: 'held', waiting: 3 });
		dead.clear();
		await tryAgain();
		expect(told).toEqual([]);
		await jest.advanceTimersByTimeAsync(1_000);
		expect(told.sort()).toEqual(['a: waited-too-long', 'b: waited-too-long', 'c: waited-too-long']);
	});

	it('they are told when nothing is to serve any more, also one that was on its way', async () => {
		const { theSwitch, told, visitor, unblock } = await stalled();
		theSwitch.close();
		expect(told).toEqual(['a: closed', 'b: closed', 'c: closed']);
		theSwitch.flow(blue);
		await tryAgain();
		theSwitch.admit(visitor('d', true));
		theSwitch.close();
		unblock('d');
		await jest.advanceTimersByTimeAsync(0);
		expect(told.at(-1)).toBe('d: closed');
	});

	it('one that was on its way to a dead instance when a hold was ordered waits before those who came after it', async () => {
		const { theSwitch, told, dead, visitor, unblock } = scene(flowing);
		dead.add('blue/0');
		const first = visitor('a', true);
		theSwitch.admit(first);
		theSwitch.hold(limits);
		theSwitch.admit(visitor('b'));
		first.pass = visitor('a').pass;
		unblock('a');
		await jest.advanceTimersByTimeAsync(0);
		theSwitch.flow(green);
		await jest.advanceTimersByTimeAsync(0);
		expect(told).toEqual(['a → green/0', 'b → green/0']);
	});
});
