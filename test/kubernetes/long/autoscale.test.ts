import { jest } from '@jest/globals';
import { AutoscalingV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import { label } from '../../../src/lib/kubernetes/names.ts';
import type { SlotName } from '../../../src/lib/promotion/journal.ts';
import { objectsOf } from '../../../src/lib/targets/kubernetes/leftovers.ts';
import { makeBedImages } from '../../support/bed-images.ts';
import { describeWithKubernetes } from '../../support/describe-with-kubernetes.ts';
import { createKubernetesProject, type KubernetesProject } from '../../support/kubernetes-project.ts';
import { versionFlows } from '../../support/project.ts';
import { until } from '../../support/until.ts';
import { versionOf } from '../../support/witness.ts';

// A kubelet takes its time to make a pod, and the cluster looks at its autoscalers every 15 s.
jest.setTimeout(300_000);

/** Two looks, and a busy machine. */
const SCALED_MS = 60_000;

describeWithKubernetes('a number of pods that follows the load', () => {
	const balanced = { mode: 'load-balanced', instances: 3, failOn: 'never' };
	let images: Awaited<ReturnType<typeof makeBedImages>>;
	let project: KubernetesProject;
	let autoscaling: AutoscalingV1Api;

	beforeAll(async () => {
		images = await makeBedImages('ffk-autoscale');
		project = await createKubernetesProject(images.base, { ...balanced, kubernetes: { autoscale: { from: 1, cpu: 50 } } });
		autoscaling = project.cluster.config.makeApiClient(AutoscalingV1Api);
	}, 300_000);
	afterAll(async () => {
		await project?.dispose();
		await images?.remove();
	}, 180_000);

	const at = (name: string) => ({ namespace: project.cluster.namespace, name });
	const promote = async (version: string) => {
		await project.setFlows(versionFlows(version));
		await project.done(0, 'promote', '--yes');
	};
	const activeInstances = async () => {
		const { slots } = (await project.cli('status', '--json')).json() as EnvironmentStatus;
		return slots.flatMap(({ instances }) => instances).flatMap(({ name, status }) => (status?.state === 'active' ? [name] : []));
	};
	const pods = async (slot: SlotName) =>
		(await project.cluster.core.listNamespacedPod({ namespace: at('').namespace, labelSelector: `${label.slot}=${slot}` })).items;
	/** Those to which the Service leads, by their labels. */
	const serving = async (slot: SlotName) =>
		(await pods(slot)).flatMap(({ metadata }) => (metadata?.labels?.[label.serving] === 'true' ? [metadata.name] : [])).toSorted();
	const replicas = async (slot: SlotName) =>
		(await project.cluster.apps.readNamespacedStatefulSet(at(project.names.slot(slot)))).spec?.replicas;
	/** As an autoscaler does. */
	const scale = async (slot: SlotName, count: number) => {
		const set = at(project.names.slot(slot));
		await project.cluster.apps.replaceNamespacedStatefulSetScale({ ...set, body: { metadata: set, spec: { replicas: count } } });
		await until(async () => (await pods(slot)).length === count, `${slot} has ${count} pods`, SCALED_MS);
	};
	const autoscalers = async () => {
		const { items } = await autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace: at('').namespace });
		return items.map(({ metadata, spec }) => ({ name: metadata?.name, least: spec?.minReplicas, most: spec?.maxReplicas }));
	};
	/** What the cluster's controller says of it; as text, for this version of the API has it in an annotation. */
	const conditions = async (slot: SlotName) => {
		const { metadata } = await autoscaling.readNamespacedHorizontalPodAutoscaler(at(project.names.slot(slot)));
		return metadata?.annotations?.['autoscaling.alpha.kubernetes.io/conditions'] ?? '';
	};

	it('begins with the least that is configured', async () => {
		await promote('v1');
		await project.serving();
		expect(await activeInstances()).toEqual(['blue/0']);
		expect(await replicas('blue')).toBe(1);
		expect(await autoscalers()).toEqual([
			{ name: project.names.slot('blue'), least: 1, most: 3 },
			{ name: project.names.slot('green'), least: 1, most: 3 },
		]);
	});

	it('has a pod more when the autoscaler wants it, which serves by itself', async () => {
		// That takes no metrics, which not every cluster has.
		const body = { spec: { minReplicas: 2 } };
		const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
		await autoscaling.patchNamespacedHorizontalPodAutoscaler({ ...at(project.names.slot('blue')), body }, merge);
		await until(async () => (await pods('blue')).length === 2, 'the autoscaler has scaled', SCALED_MS);
		// While it comes up it is no fault.
		await until(
			async () => {
				const { health, active } = (await project.cli('status', '--json')).json() as EnvironmentStatus;
				expect({ health, active }).toMatchObject({ health: { state: 'serving' }, active: { slot: 'blue' } });
				return (await activeInstances()).length === 2;
			},
			'both are active',
			SCALED_MS,
		);
		expect(await activeInstances()).toEqual(['blue/0', 'blue/1']);
		const both = [project.names.pod('blue/0'), project.names.pod('blue/1')];
		await until(async () => (await serving('blue')).length === 2, 'the Service leads to both', SCALED_MS);
		expect(await serving('blue')).toEqual(both);
		expect(await versionOf(await project.url())).toBe('v1');
	});

	it('is not taken back by up, which has the autoscaler go by the configuration again', async () => {
		const before = (await pods('blue')).map(({ metadata }) => metadata?.uid).toSorted();
		await project.done(0, 'up');
		expect((await autoscalers())[0]).toMatchObject({ least: 1 });
		expect(await replicas('blue')).toBe(2);
		expect((await pods('blue')).map(({ metadata }) => metadata?.uid).toSorted()).toEqual(before);
		await project.serving();
	});

	it('follows the load no more where somebody has removed the autoscaler: status says so, and up makes it again', async () => {
		const name = project.names.slot('blue');
		await autoscaling.deleteNamespacedHorizontalPodAutoscaler(at(name));
		const asked = await project.cli('status', '--json');
		expect(asked.status).toBe(5);
		const { health } = asked.json() as EnvironmentStatus;
		expect(health).toEqual({ state: 'degraded', reasons: [expect.stringContaining(`the HorizontalPodAutoscaler ${name} is not there`)] });
		await project.done(0, 'up');
		expect(await autoscalers()).toContainEqual({ name, least: 1, most: 3 });
		await project.serving();
	});

	it('is that of the slot that serves in the one that a promotion fills, and in the one to which a rollback goes', async () => {
		await promote('v2');
		await project.serving();
		expect(await replicas('green')).toBe(2);
		expect(await activeInstances()).toEqual(['green/0', 'green/1']);
		expect(await serving('blue')).toEqual([]);
		expect(await versionOf(await project.url())).toBe('v2');
		// As an autoscaler leaves a slot that has nothing to do.
		await scale('blue', 1);
		await project.serving();
		await project.done(0, 'rollback', '--yes');
		await project.serving();
		expect(await activeInstances()).toEqual(['blue/0', 'blue/1']);
		expect(await versionOf(await project.url())).toBe('v1');
	});

	it('is none while the environment is down, whatever the autoscaler would have', async () => {
		await project.done(0, 'down', '--yes');
		await until(async () => (await conditions('blue')).includes('ScalingDisabled'), 'the autoscaler has looked', SCALED_MS);
		expect([await replicas('blue'), await replicas('green')]).toEqual([0, 0]);
		await project.done(0, 'up');
		await project.serving();
		expect(await activeInstances()).toEqual(['blue/0']);
	});

	it("is left to somebody else's autoscaler where the configuration has none of ours", async () => {
		await project.configure({ ...balanced, kubernetes: { autoscale: { from: 1 } } });
		await project.done(0, 'up');
		expect(await autoscalers()).toEqual([]);
		expect(await replicas('blue')).toBe(1);
		await scale('blue', 3);
		await project.serving();
		expect(await activeInstances()).toEqual(['blue/0', 'blue/1', 'blue/2']);
		await project.done(0, 'up');
		expect(await replicas('blue')).toBe(3);
		// One that is taken away leaves nothing undone.
		await scale('blue', 1);
		await project.serving();
		expect(await activeInstances()).toEqual(['blue/0']);
		expect(await serving('blue')).toEqual([project.names.pod('blue/0')]);
		expect(await versionOf(await project.url())).toBe('v1');
	});

	it('is what instances says where nothing asks for another', async () => {
		await project.configure({ ...balanced, kubernetes: { autoscale: { from: 1, cpu: 50 } } });
		await project.done(0, 'up');
		expect(await autoscalers()).toHaveLength(2);
		await project.configure(balanced);
		await project.done(0, 'up');
		expect(await autoscalers()).toEqual([]);
		await project.serving();
		expect(await activeInstances()).toEqual(['blue/0', 'blue/1', 'blue/2']);
	});

	it('leaves nothing behind', async () => {
		await project.configure({ ...balanced, kubernetes: { autoscale: { from: 1, cpu: 50 } } });
		await project.done(0, 'up');
		await project.done(0, 'down', '--remove', '--yes');
		expect(await autoscalers()).toEqual([]);
		expect(await objectsOf(project.cluster, project.names, 'policy/v1beta1')).toEqual([]);
		expect([...(await pods('blue')), ...(await pods('green'))]).toEqual([]);
	});
});
