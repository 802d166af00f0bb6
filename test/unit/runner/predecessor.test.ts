import { openEnvironmentState } from '../../../src/lib/targets/environment-state.ts';
import { freeOfTheDead } from '../../../src/runner/predecessor.ts';

describe('what a runner of before held', () => {
	const POD = 'a1b2-c3d4';
	const own = { instance: 'blue/0', place: POD };

	it('is freed where it was of the same pod', async () => {
		const { leases, close } = openEnvironmentState(':memory:');
		await leases.acquire('active', `blue/0@${POD}.17`, 60_000);
		await leases.acquire('primary', `blue/0@${POD}.17`, 60_000);
		const asked: string[] = [];
		const hasEnded = async (incarnation: string) => asked.push(incarnation) > 0;
		expect(await freeOfTheDead(leases, own, hasEnded)).toEqual(['active', 'primary']);
		expect(asked).toEqual([`${POD}.17`]);
		expect(await leases.acquire('active', 'blue/1@other.3', 60_000)).toMatchObject({ granted: true, token: 2 });
		close();
	});

	it.each(['blue/0@e5f6.17', 'blue/1@a1b2-c3d4.17', 'blue/0@a1b2-c3d4x.17'])('is left alone where it was %s', async (holder) => {
		const { leases, close } = openEnvironmentState(':memory:');
		await leases.acquire('active', holder, 60_000);
		expect(await freeOfTheDead(leases, own, async () => true)).toEqual([]);
		expect(await leases.list()).toMatchObject([{ holder }]);
		close();
	});

	it('is left alone where that one is not known to have ended', async () => {
		const { leases, close } = openEnvironmentState(':memory:');
		await leases.acquire('active', `blue/0@${POD}.17`, 60_000);
		expect(await freeOfTheDead(leases, own, async () => false)).toEqual([]);
		expect(await leases.list()).toHaveLength(1);
		close();
	});
});
