import type { SlotStatus } from '../../../src/lib/cutover/environment-status.ts';
import { judgeHealth } from '../../../src/lib/cutover/environment-status.ts';
import type { RouterStatus } from '../../../src/lib/routers/router.ts';
import type { InstanceState, InstanceStatus } from '../../../src/lib/targets/instance.ts';

const instance = (name: string, state: InstanceState) => ({ name, status: { state } as InstanceStatus });

/** Blue's second instance is active; requests go to this one. */
function judge(instanceWithTraffic: string) {
	const release = { number: 1, snapshot: 'a', created: '' };
	const slots: SlotStatus[] = [
		{ slot: 'blue', release, instances: [instance('blue/0', 'standby'), instance('blue/1', 'active')] },
		{ slot: 'green', release: null, instances: [] },
	];
	const upstreams = [{ instance: instanceWithTraffic, url: 'http://127.0.0.1:1' }];
	const gateway = { traffic: { state: 'flowing', upstreams } } as RouterStatus;
	return judgeHealth({ slots, router: 'gateway', gateway, gatewayFault: null, promotion: null, mode: 'hot-spare' });
}

describe('the health of a slot with a spare', () => {
	it('is well where the traffic goes to the active instance', () => {
		expect(judge('blue/1')).toEqual({ state: 'serving' });
	});

	it('is not where the traffic goes to the spare', () => {
		expect(judge('blue/0')).toMatchObject({ state: 'degraded', reasons: [expect.stringContaining('not flowing to what is active')] });
	});
});
