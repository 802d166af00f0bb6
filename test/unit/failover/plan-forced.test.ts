import type { ForcedFailoverFacts } from '../../../src/lib/failover/plan-forced.ts';
import { planForcedFailover } from '../../../src/lib/failover/plan-forced.ts';
import { initialState } from '../../../src/lib/promotion/machine.ts';
import type { InstanceState, InstanceStatus } from '../../../src/lib/targets/instance.ts';

const instance = (name: string, state: InstanceState | null, token?: number) => ({
	name,
	status: state && ({ instance: name, state, seat: 'active', lease: token === undefined ? null : { token } } as InstanceStatus),
});
const lease = { seat: 'active', holder: 'blue/0@7', token: 3, remainingMs: 800 };
const lock = { seat: 'promotion', holder: 'ann@host (pid 9)', token: 12, remainingMs: 3000 };

const facts = (more: Partial<ForcedFailoverFacts> = {}): ForcedFailoverFacts => ({
	environment: 'production',
	instances: [instance('blue/0', 'active', 3), instance('blue/1', 'standby')],
	leases: [lease, lock],
	intent: { servingSlot: 'blue', promotion: null, paused: null },
	...more,
});

describe('a forced failover', () => {
	it('has the active one resign, and leaves the rest to the watch of the spare', () => {
		const plan = planForcedFailover(facts());
		expect(plan).toEqual({ from: { ...lease, instance: 'blue/0', answers: true }, spare: 'blue/1', seat: 'active', by: 'watch' });
	});

	it('goes to a hot spare, too', () => {
		const instances = [instance('blue/0', 'active', 3), instance('blue/1', 'starting'), instance('blue/2', 'gated')];
		expect(planForcedFailover(facts({ instances })).spare).toBe('blue/2');
	});

	it('knows the active one by its lease where its runner is silent', () => {
		const plan = planForcedFailover(facts({ instances: [instance('blue/0', null), instance('blue/1', 'standby')] }));
		expect(plan.from).toMatchObject({ instance: 'blue/0', answers: false });
	});

	it('orders the spare to take over while automatic failover is paused, also where nobody is active', () => {
		const paused = { by: 'ann', since: '2026-01-01T00:00:00Z', until: null, reason: 'asked' } as const;
		const intent = { servingSlot: 'blue', promotion: null, paused } as const;
		expect(planForcedFailover(facts({ intent, leases: [lock] }))).toMatchObject({ from: null, spare: 'blue/1', by: 'order' });
	});

	it.each<[string, Partial<ForcedFailoverFacts>, object]>([
		[
			'nobody stands by',
			{ instances: [instance('blue/0', 'active', 3), instance('blue/1', 'starting')] },
			{ code: 'NO_SPARE', exitStatus: 5, message: expect.stringContaining('blue/1 is starting') },
		],
		[
			'the spare is gone',
			{ instances: [instance('blue/0', 'active', 3), instance('blue/1', null)] },
			{ code: 'NO_SPARE', exitStatus: 5, message: expect.stringMatching(/: blue\/1 does not answer;/) },
		],
		[
			'there is one instance alone',
			{ instances: [instance('blue/0', 'active', 3)] },
			{ code: 'NO_SPARE', exitStatus: 2, hint: expect.stringContaining('instances to 2') },
		],
		['nothing answers', { instances: [instance('blue/0', null), instance('blue/1', null)] }, { code: 'NOT_SERVING', exitStatus: 5 }],
		['somebody of the other slot is active', { leases: [{ ...lease, holder: 'green/0@8' }] }, { code: 'NOT_SERVING', exitStatus: 5 }],
		[
			'a promotion moves the seat',
			{
				intent: {
					servingSlot: 'blue',
					paused: null,
					promotion: { ...initialState, kind: 'needs operator', failed: 'hand over', cause: 'x', reason: 'y' } as never,
				},
			},
			{ code: 'SEAT_MOVES', exitStatus: 5 },
		],
	])('is refused where %s', (_, more, error) => {
		expect(() => planForcedFailover(facts(more))).toThrow(expect.objectContaining(error));
	});
});
