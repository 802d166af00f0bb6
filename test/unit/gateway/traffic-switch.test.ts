import { Tally } from '../../../src/gateway/tally.ts';
import { TrafficSwitch } from '../../../src/gateway/traffic-switch.ts';
import type { Refusal, Visitor } from '../../../src/gateway/visitor.ts';
import type { StoredTraffic } from '../../../src/lib/routers/router.ts';

const blue = [{ instance: 'blue/0', url: 'http://127.0.0.1:1' }];
const green = [{ instance: 'green/0', url: 'http://127.0.0.1:2' }];
const limits = { maxMs: 60_000, maxRequests: 3 };

/** Visitors that write down what becomes of them; each passes at once, or when it is let. */
function scene(traffic: StoredTraffic) {
	const tally = new Tally();
	const told: string[] = [];
	const blocked = new Map<string, () => void>();
	const theSwitch = new TrafficSwitch(traffic, tally);
	const visitor = (name: string, blocks = false): Visitor => ({
		pass: ([upstream]) => {
			told.push(`${name} → ${upstream?.instance}`);
			return blocks ? new Promise((resolve) => blocked.set(name, resolve)) : Promise.resolve();
		},
		refuse: (reason: Refusal) => told.push(`${name}: ${reason}`),
	});
	return { theSwitch, tally, told, visitor, unblock: (name: string) => blocked.get(name)?.() };
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
		expect(told).toEqual(['a → green/0']);
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
