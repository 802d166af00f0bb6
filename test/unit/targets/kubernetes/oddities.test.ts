import { namesOf } from '../../../../src/lib/kubernetes/names.ts';
import { odditiesOf } from '../../../../src/lib/targets/kubernetes/oddities.ts';
import { podOf } from '../../../../src/lib/targets/kubernetes/pods.ts';

const names = namesOf('plant');
const selector = { 'app.kubernetes.io/instance': 'plant', 'flowferry.org/serving': 'true' };
const whole = {
	environment: 'production',
	names,
	slots: [{ slot: 'blue' as const, bounds: { least: 2, most: 2 }, replicas: 2 }],
	pods: [],
	service: { spec: { selector } },
	mayWriteLeases: true,
	missingLeases: [],
	missingAutoscalers: [],
};
const scaledTo = (replicas: number | null, least = 2, most = 2) => [{ slot: 'blue' as const, bounds: { least, most }, replicas }];
const takenDown = { metadata: { annotations: { 'flowferry.org/stopped': 'true' } }, spec: { selector } };

it('finds nothing where nothing is odd', () => {
	expect(odditiesOf(whole)).toEqual([]);
});

it.each([
	['a slot that is scaled to nothing', { slots: scaledTo(0) }, 'is scaled to 0, not 2: flowferry up production'],
	['a slot that is scaled down', { slots: scaledTo(1) }, 'is scaled to 1, not 2: flowferry up production'],
	['a slot that is scaled up', { slots: scaledTo(3) }, 'is scaled to 3, and blue was made for 2'],
	['a slot with fewer than an autoscaler may leave', { slots: scaledTo(0, 1, 3) }, 'is scaled to 0, not 1 to 3: flowferry up production'],
	['a slot with more than an autoscaler may make', { slots: scaledTo(4, 1, 3) }, 'is scaled to 4, and blue was made for 3'],
	['a StatefulSet that is gone', { slots: scaledTo(null) }, 'the StatefulSet plant-blue of blue is gone'],
	['a Service that is gone', { service: null }, 'the Service plant is gone'],
	['a Service that leads to others', { service: { spec: { selector: { app: 'x' } } } }, 'leads elsewhere'],
	['a Service that asks for more than its pods have', { service: { spec: { selector: { ...selector, tier: 'x' } } } }, 'leads elsewhere'],
	[
		'a Service that leads to any pod that serves',
		{ service: { spec: { selector: { 'flowferry.org/serving': 'true' } } } },
		'leads elsewhere',
	],
	[
		'a node that does not answer, with a pod on it',
		{ pods: [{ ...podOf({ metadata: { name: 'plant-blue-1', labels: { 'flowferry.org/slot': 'blue' } } }), lostNode: 'node2' }] },
		'the node node2, on which blue/1 is, does not answer',
	],
	['pods without their rights', { mayWriteLeases: false }, 'the RoleBinding plant is gone'],
	['a Lease that is gone', { missingLeases: ['plant-active'] }, 'the Lease plant-active is gone'],
	[
		'an autoscaler that is gone',
		{ missingAutoscalers: ['plant-blue'] },
		'the HorizontalPodAutoscaler plant-blue is not there, so that its pods do not follow the load: flowferry up production makes it',
	],
])('names %s, and what mends it', (_, changed, said) => {
	expect(odditiesOf({ ...whole, ...changed })).toEqual([expect.stringContaining(said)]);
});

it.each([1, 2, 3])('leaves it to an autoscaler how many pods there are within its bounds: %i', (replicas) => {
	expect(odditiesOf({ ...whole, slots: scaledTo(replicas, 1, 3) })).toEqual([]);
});

it('takes an environment that was taken down for one that has no pods on purpose', () => {
	expect(odditiesOf({ ...whole, slots: scaledTo(0), service: takenDown })).toEqual([]);
});
