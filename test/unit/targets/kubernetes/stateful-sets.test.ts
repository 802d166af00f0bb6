import { namesOf } from '../../../../src/lib/kubernetes/names.ts';
import type { Pod } from '../../../../src/lib/targets/kubernetes/pods.ts';
import { podOf } from '../../../../src/lib/targets/kubernetes/pods.ts';
import { StatefulSets, type StatefulSetsParts } from '../../../../src/lib/targets/kubernetes/stateful-sets.ts';

/** Waits for blue/1. @param answers its runner's, one after the other, the last again and again; null: none */
function waitFor(answers: ({ state: string; crashes?: number } | null)[], pod: Partial<Pod> = {}) {
	const left = [...answers];
	let asked = 0;
	const sets = new StatefulSets({
		environment: { name: 'production', timeouts: { startMs: 600, stopMs: 1 } },
		names: namesOf('plant'),
		pods: { list: async () => [{ ...podOf({ metadata: { name: 'plant-blue-1', labels: { 'flowferry.org/slot': 'blue' } } }), ...pod }] },
		instance: () => ({
			status: async () => {
				asked++;
				return left.length > 1 ? left.shift() : left[0];
			},
		}),
	} as unknown as StatefulSetsParts);
	return { result: sets.untilStanding('blue', 1), asked: () => asked };
}

describe('waiting for an instance to stand', () => {
	it('ends when it does', async () => {
		await waitFor([null, { state: 'starting' }, { state: 'standby' }]).result;
	});

	it('ends at once where its node is lost, without asking what cannot answer', async () => {
		const { result, asked } = waitFor([null], { lostNode: 'node2', isEnding: true });
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
		const restarted = waitFor([null], { restarts: 2 });
		await expect(restarted.result).rejects.toMatchObject({ message: 'blue/1 does not come up: its runner ended 2 times' });
		expect([failed.asked(), restarted.asked()]).toEqual([1, 1]);
	});

	it('ends when a start may take no longer, and tells what its pod waits for', async () => {
		const message = 'blue/1 does not come up: its pod waits: Unschedulable: no node has room';
		await expect(waitFor([null], { trouble: 'Unschedulable: no node has room' }).result).rejects.toMatchObject({ message });
		await expect(waitFor([{ state: 'starting' }]).result).rejects.toMatchObject({
			message: 'blue/1 does not come up: it did not stand by within 600 ms (timeouts.startMs)',
		});
	});
});
