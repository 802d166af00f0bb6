import type { V1ContainerStatus, V1PodCondition } from '@kubernetes/client-node';
import { comingOf, podOf } from '../../../../src/lib/targets/kubernetes/pods.ts';

describe('a pod whose node does not answer', () => {
	const lostNodeOf = (ready: Partial<V1PodCondition>, containersReady = 'True') =>
		podOf({
			metadata: { name: 'plant-blue-1', labels: { 'flowferry.org/slot': 'blue' } },
			spec: { nodeName: 'node2', containers: [] },
			status: {
				conditions: [
					{ type: 'Ready', status: 'True', ...ready },
					{ type: 'ContainersReady', status: containersReady },
				],
			},
		}).lostNode;

	it('is one that the cluster itself took for not ready', () => {
		expect(lostNodeOf({ status: 'False' })).toBe('node2');
	});

	it.each([
		['is ready', {}, 'True'],
		['is not ready, as its node tells', { status: 'False', reason: 'ContainersNotReady' }, 'False'],
		['waits for a readiness gate', { status: 'False', reason: 'ReadinessGatesNotReady' }, 'True'],
		['was not ready before', { status: 'False' }, 'False'],
	])('is none that %s', (_, ready, containersReady) => {
		expect(lostNodeOf(ready, containersReady)).toBeNull();
	});
});

describe('a pod that has run', () => {
	const hasRun = (states: Pick<V1ContainerStatus, 'state' | 'lastState'>[]) =>
		podOf({
			status: {
				containerStatuses: states.map((each, index) => ({
					name: `c${index}`,
					image: '',
					imageID: '',
					ready: false,
					restartCount: 0,
					...each,
				})),
			},
		}).hasRun;
	const waiting = { state: { waiting: { reason: 'ContainerCreating' } } };

	it.each([
		['runs', [waiting, { state: { running: {} } }]],
		['has ended', [{ state: { terminated: { exitCode: 1 } } }]],
		['is about to be started again', [{ ...waiting, lastState: { terminated: { exitCode: 1 } } }]],
	])('is one of which a container %s', (_, states) => {
		expect(hasRun(states)).toBe(true);
	});

	it.each([[[]], [[waiting, waiting]]])('is none that is just being made', (states) => {
		expect(hasRun(states)).toBe(false);
	});
});

describe('pods that an autoscaler has added', () => {
	const made = new Date('2026-01-02T03:04:05Z');
	const pod = (name: string, ending?: Date) =>
		podOf({
			metadata: {
				...{ name, labels: { 'flowferry.org/slot': 'blue' }, creationTimestamp: made },
				...(ending && { deletionTimestamp: ending }),
			},
		});
	const coming = (afterMs: number, ...pods: ReturnType<typeof pod>[]) => comingOf(pods, 2, 30_000, made.getTime() + afterMs);

	it('are coming up for as long as a start may take, and not for longer', () => {
		const added = pod('plant-blue-2');
		expect([0, 29_999, 30_000].map((afterMs) => coming(afterMs, added))).toEqual([['blue/2'], ['blue/2'], []]);
	});

	it('are those beyond the first ones of their slot', () => {
		expect(coming(0, pod('plant-blue-0'), pod('plant-blue-1'), pod('plant-blue-2'), pod('plant-blue-10'))).toEqual(['blue/2', 'blue/10']);
	});

	it('are not coming where they are being taken away', () => {
		expect(coming(0, pod('plant-blue-2', made))).toEqual([]);
	});
});
