import { judgeHealth } from '../../../src/lib/cutover/environment-status.ts';
import type { RouterStatus } from '../../../src/lib/routers/router.ts';
import type { InstanceState, InstanceStatus } from '../../../src/lib/targets/instance.ts';

const instance = (name: string, state: InstanceState | null) => ({
	name,
	status: state && ({ instance: name, state, crashes: 5, log: `/logs/${name}.log` } as InstanceStatus),
});

/** By default requests go to the first instance of blue. */
function judge(states: (InstanceState | null)[], more: Partial<Parameters<typeof judgeHealth>[0]> = {}) {
	const release = { number: 1, snapshot: 'a'.repeat(64), created: '2026-01-01T00:00:00Z' };
	const upstreams = [{ instance: 'blue/0', url: 'http://127.0.0.1:1' }];
	const gateway = { traffic: { state: 'flowing', upstreams } } as RouterStatus;
	return judgeHealth({
		environment: 'production',
		mode: 'hot-spare',
		router: 'gateway',
		instances: 2,
		slots: [
			{ slot: 'blue', release, instances: states.map((state, index) => instance(`blue/${index}`, state)) },
			{ slot: 'green', release, instances: [instance('green/0', 'standby'), instance('green/1', 'standby')] },
		],
		gateway,
		gatewayFault: null,
		promotion: null,
		coming: [],
		oddities: [],
		...more,
	});
}

describe('an instance that an autoscaler has just added', () => {
	const balanced = (states: (InstanceState | null)[], coming = ['blue/1']) => judge(states, { mode: 'load-balanced', coming });

	it.each([null, 'starting', 'standby', 'activating'] as const)('is no fault while it comes up: %s', (state) => {
		expect(balanced(['active', state])).toEqual({ state: 'serving' });
		expect(balanced(['active', state], [])).toMatchObject({ state: 'degraded', reasons: [expect.stringContaining('blue/1')] });
	});

	it('is one where it fails, or has come up and does not act any more', () => {
		expect(balanced(['active', 'failed'])).toMatchObject({ state: 'degraded', reasons: [expect.stringContaining('does not come up')] });
		expect(balanced(['active', 'quiesced'])).toMatchObject({ state: 'degraded', reasons: ['blue/1 is quiesced'] });
	});

	it('is no excuse for another, or for a slot where nobody acts', () => {
		expect(balanced([null, 'active'])).toMatchObject({ state: 'degraded', reasons: expect.arrayContaining(['blue/0 does not answer']) });
		expect(balanced(['standby', 'starting'])).toMatchObject({ reasons: expect.arrayContaining(['no instance is active']) });
	});
});

describe('the health of an environment with hot spares', () => {
	it('is not well where the traffic goes to the spare', () => {
		expect(judge(['standby', 'active'])).toMatchObject({
			state: 'degraded',
			reasons: [expect.stringContaining('not flowing to what is active')],
		});
	});

	it('is not well where flows that somebody deployed in place do not run', () => {
		const broken = instance('blue/0', 'active');
		Object.assign(broken.status as InstanceStatus, { drifted: true, agent: { flows: 'stopped' } });
		const release = { number: 1, snapshot: 'a'.repeat(64), created: '' };
		const slots = [{ slot: 'blue' as const, release, instances: [broken, instance('blue/1', 'standby')] }];
		expect(judge([], { slots })).toEqual({
			state: 'degraded',
			reasons: ['the flows that somebody deployed on blue/0 do not run; its log tells why: /logs/blue/0.log'],
		});
	});

	it('is well where one is active and one stands by, or where no spare is wanted', () => {
		expect(judge(['active', 'standby'])).toEqual({ state: 'serving' });
		expect(judge(['active', 'gated'])).toEqual({ state: 'serving' }); // a hot one
		expect(judge(['active', 'starting', 'standby'])).toEqual({ state: 'serving' });
		expect(judge(['active'], { instances: 1 })).toEqual({ state: 'serving' });
		expect(judge(['active'], { mode: 'load-balanced' })).toEqual({ state: 'serving' });
	});

	it.each<[string, (InstanceState | null)[], string[]]>([
		['is coming', ['active', 'starting'], ['no spare stands by in blue: blue/1 is starting, which takes a moment']],
		[
			'has ended',
			['active', null],
			['blue/1 does not answer', 'no spare stands by in blue: flowferry up production starts what has ended'],
		],
		[
			'was never there',
			['active'],
			['no spare stands by in blue: its release was promoted with one instance; flowferry promote production --again gives it 2'],
		],
	])('is degraded where the spare %s, and says what to do', (_, states, reasons) => {
		expect(judge(states)).toEqual({ state: 'degraded', reasons });
	});

	it('tells a boot loop in words, with the log', () => {
		expect(judge(['active', 'failed'])).toEqual({
			state: 'degraded',
			reasons: [
				expect.stringMatching(/^blue\/1 does not come up: its Node-RED has ended 5 times.*\/logs\/blue\/1\.log$/),
				'no spare stands by in blue: mend what keeps them from coming up',
			],
		});
	});
});
