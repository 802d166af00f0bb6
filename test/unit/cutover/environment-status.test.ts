import type { NamedEnvironment } from '../../../src/lib/config/environment-of.ts';
import { inspectEnvironment } from '../../../src/lib/cutover/environment-status.ts';
import type { Target } from '../../../src/lib/targets/target.ts';

const environment = { name: 'production', mode: 'hot-spare', router: 'gateway', instances: 1, timeouts: { hungMs: 1 } };
const release = { number: 1, snapshot: 'a'.repeat(64), created: '2026-01-01T00:00:00Z' };

it('asks instances and router side by side, so that the time-outs of a lost node do not add up', async () => {
	const others = { routerAsked: Promise.withResolvers<null>(), instanceAsked: Promise.withResolvers<null>() };
	const instance = {
		name: 'blue/0',
		status: () => {
			others.instanceAsked.resolve(null);
			return others.routerAsked.promise;
		},
	};
	const target = {
		oddities: async () => ['the node node2, on which blue/0 is, does not answer'],
		journal: { slots: async () => ({ blue: release, green: null }), unfinished: async () => null, history: async () => [] },
		instances: async (slot: string) => (slot === 'blue' ? [instance] : []),
		router: {
			status: async () => {
				others.routerAsked.resolve(null);
				await others.instanceAsked.promise;
				throw new Error('the gateway does not answer');
			},
		},
		coming: async () => [],
		leases: { list: async () => [] },
		failover: { intent: async () => ({ paused: null }), changes: async () => [] },
	} as unknown as Target;

	const { health, slots, gateway } = await inspectEnvironment(environment as unknown as NamedEnvironment, target);
	expect(slots).toEqual([
		{ slot: 'blue', release, instances: [{ name: 'blue/0', status: null }] },
		{ slot: 'green', release: null, instances: [] },
	]);
	expect(gateway).toBeNull();
	const reasons = ['blue/0 does not answer', 'the gateway does not answer', 'the node node2, on which blue/0 is, does not answer'];
	expect(health).toEqual({ state: 'degraded', reasons: expect.arrayContaining(reasons) });
});
