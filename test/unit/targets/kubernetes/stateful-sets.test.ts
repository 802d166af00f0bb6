import { jest } from '@jest/globals';
import { namesOf } from '../../../../src/lib/kubernetes/names.ts';
import type { Pod } from '../../../../src/lib/targets/kubernetes/pods.ts';
import { podOf } from '../../../../src/lib/targets/kubernetes/pods.ts';
import { StatefulSets, type StatefulSetsParts } from '../../../../src/lib/targets/kubernetes/stateful-sets.ts';

const made = podOf({ metadata: { name: 'plant-blue-1', labels: { 'flowferry.org/slot': 'blue' } } });

/**
 * Waits for blue/1.
 * @param answers its runner's, one after the other, the last again and again; null: none
 * @param looks its pod at each look, likewise
 * @param startMs short where it is to be over
 */
function waitFor(answers: ({ state: string; crashes?: number } | null)[], looks: Partial<Pod>[] = [{}], startMs = 60_000) {
	const inTurn =
		<T>([...left]: T[]) =>
		() =>
			(left.length > 1 ? left.shift() : left[0]) as T;
	const [answer, look] = [inTurn(answers), inTurn(looks)];
	let asked = 0;
	const sets = new StatefulSets({
		environment: { name: 'production', timeouts: { startMs, stopMs: 1 } },
		names: namesOf('plant'),
		pods: { list: async () => [{ ...made, ...look() }] },
		instance: () => ({
			status: async () => {
				asked++;
				return answer();
			},
		}),
	} as unknown as StatefulSetsParts);
	return { result: sets.untilStanding('blue', 1), asked: () => asked };
}

describe('waiting for an instance to stand', () => {
	afterEach(() => {
		jest.restoreAllMocks();
	});

	it('ends when it does', async () => {
		await waitFor([null, { state: 'starting' }, { state: 'standby' }]).result;
	});

	it('ends at once where its node is lost, without asking what cannot answer', async () => {
		const { result, asked } = waitFor([null], [{ lostNode: 'node2', isEnding: true }]);
		await expect(result).rejects.toMatchObject({
			code: 'INSTANCE_NOT_STANDING',
			message: 'blue/1 does not come up: its node node2 does not answer',
			hint: expect.stringContaining('kubectl delete pod plant-blue-1 --force'),
			exitStatus: 5,
		});
		expect(asked()).toBe(0);
	});

	it('ends where Node-RED is given up, or the runner ends again and again', async () => {
		const failed = waitFor([{ state: 'failed', crashes: 3 }]);
		await expect(failed.result).rejects.toMatchObject({ message: 'blue/1 does not come up: Node-RED ended 3 times' });
		const restarted = waitFor([null], [{ restarts: 3 }, { restarts: 4 }, { restarts: 5 }]);
		await expect(restarted.result).rejects.toMatchObject({ message: 'blue/1 does not come up: its runner ended 2 times' });
		expect([failed.asked(), restarted.asked()]).toEqual([1, 3]);
	});

	it.each([
		['before it was waited for', [{ restarts: 7 }]],
		[
			'in another pod of its name',
			[
				{ uid: 'one', restarts: 0 },
				{ uid: 'two', restarts: 7 },
			],
		],
	])('holds nothing against a runner that ended %s', async (_, looks) => {
		await waitFor([null, { state: 'starting' }, { state: 'standby' }], looks).result;
	});

	it.each([0, 7])('ends soon where something is in the way of a pod that was restarted %d times before', async (restarts) => {
		let nowMs = 0;
		jest.spyOn(performance, 'now').mockImplementation(() => (nowMs += 5_000));
		const { result, asked } = waitFor([null], [{ restarts, trouble: 'ErrImagePull' }], 300_000);
		await expect(result).rejects.toMatchObject({ message: 'blue/1 does not come up: its pod waits: ErrImagePull' });
		expect(asked()).toBe(2);
	});

	it('does not take a pod that is ending for it, whatever that one says', async () => {
		await waitFor([{ state: 'active' }], [{ isEnding: true }, {}]).result;
	});

	it('counts from the end of a pod that is on its way out, which has more time than a start', async () => {
		const leaves = (looks: number) => waitFor([{ state: 'standby' }], [...Array(looks).fill({ isEnding: true }), {}]);
		let nowMs = 0;
		jest.spyOn(performance, 'now').mockImplementation(() => (nowMs += 10_000));
		await leaves(6).result;
		await expect(leaves(1000).result).rejects.toMatchObject({
			code: 'INSTANCE_NOT_STANDING',
			message: 'blue/1 does not come up: its pod of before does not end',
		});
	});

	it('ends when a start may take no longer, and tells what its pod waits for', async () => {
		const message = 'blue/1 does not come up: its pod waits: Unschedulable: no node has room';
		await expect(waitFor([null], [{ trouble: 'Unschedulable: no node has room' }], 600).result).rejects.toMatchObject({ message });
		await expect(waitFor([{ state: 'starting' }], [{}], 600).result).rejects.toMatchObject({
			message: 'blue/1 does not come up: it did not stand by within 600 ms (timeouts.startMs)',
		});
	});
});

describe('waiting for a new number of pods to be acted on', () => {
	function observing(generations: { generation?: number; observedGeneration?: number }[], startMs = 60_000) {
		let looks = 0;
		const sets = new StatefulSets({
			environment: { name: 'production', timeouts: { startMs, stopMs: 1 } },
			names: namesOf('plant'),
			cluster: {
				namespace: 'plant',
				apps: {
					readNamespacedStatefulSet: async () => {
						const { generation, observedGeneration } = generations[Math.min(looks++, generations.length - 1)]!;
						return { metadata: { generation }, status: { observedGeneration } };
					},
				},
			},
		} as unknown as StatefulSetsParts);
		return sets.untilObserved('blue').then(() => looks);
	}

	it('goes on when the controller has seen it', async () => {
		expect(await observing([{ generation: 3 }, { generation: 3, observedGeneration: 2 }, { generation: 3, observedGeneration: 3 }])).toBe(
			3,
		);
	});

	it('goes on at once where nothing is new', async () => {
		expect(await observing([{ generation: 3, observedGeneration: 3 }])).toBe(1);
	});

	it('leaves it to the wait for the pods where no controller sees it', async () => {
		expect(await observing([{ generation: 3, observedGeneration: 2 }], 2000)).toBeGreaterThan(1);
	});
});

describe('killing a pod', () => {
	function killing(pod: Partial<Pod>) {
		const removed: string[] = [];
		const left = [{ ...made, ...pod }];
		const sets = new StatefulSets({
			names: namesOf('plant'),
			pods: { list: async () => left, remove: async (name: string) => void removed.push(name, ...left.splice(0).map(({ uid }) => uid)) },
		} as unknown as StatefulSetsParts);
		return { result: sets.kill('blue/1'), removed };
	}

	it('removes it, and waits for its end', async () => {
		const { result, removed } = killing({ hasRun: true, uid: 'one' });
		await result;
		expect(removed).toEqual(['plant-blue-1', 'one']);
	});

	it('leaves one alone that is just being made: it has no runner yet', async () => {
		const { result, removed } = killing({ hasRun: false });
		await result;
		expect(removed).toEqual([]);
	});
});
