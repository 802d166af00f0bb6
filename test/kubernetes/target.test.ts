import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { makeBedImages } from '../support/bed-images.ts';
import { connectTestCluster, describeWithKubernetes } from '../support/describe-with-kubernetes.ts';
import type { BedImages } from '../support/docker-bed.ts';
import { kubernetesBed } from '../support/kubernetes-bed.ts';
import { describeTarget } from '../support/target-contract.ts';
import { releaseSnapshot } from '../support/target-release.ts';
import { Stage } from '../support/target-stage.ts';

// A kubelet takes its time to end a pod, and to make another.
jest.setTimeout(480_000);

describeWithKubernetes('pods of a cluster', () => {
	let images: BedImages & { remove(): Promise<void> };
	beforeAll(async () => {
		images = await makeBedImages('ffk-bed-target');
	}, 300_000);
	afterAll(async () => {
		await images?.remove();
	}, 300_000);

	describeTarget('kubernetes', () => kubernetesBed(images.base));

	it('are made of objects each of which is applied once', async () => {
		const bed = await kubernetesBed(images.base);
		const target = await bed.open();
		const patch = jest.spyOn(KubernetesObjectApi.prototype, 'patch');
		try {
			await new Stage(bed, target).prepare('blue', await releaseSnapshot('one'));
			const applied = patch.mock.calls
				.filter((args) => args.includes(PatchStrategy.ServerSideApply))
				.map(([{ kind, metadata }]) => `${kind} ${metadata?.name}`);
			expect(applied).toContain(`StatefulSet ${bed.environment.kubernetes.name ?? 'flowferry-production'}-blue`);
			expect(applied).toEqual([...new Set(applied)]);
		} finally {
			patch.mockRestore();
			target.close();
			await bed.dispose();
		}
	});

	it('that were taken away a moment before are not taken for standing', async () => {
		const bed = await kubernetesBed(images.base);
		const target = await bed.open();
		const { namespace = '', name: prefix = 'flowferry-production' } = bed.environment.kubernetes;
		const cluster = connectTestCluster(namespace);
		const set = { namespace, name: `${prefix}-blue` };
		const podNow = async () => {
			const { metadata } = await cluster.core.readNamespacedPod({ namespace, name: `${set.name}-0` });
			return { uid: metadata?.uid, isEnding: metadata?.deletionTimestamp !== undefined };
		};
		try {
			await new Stage(bed, target).prepare('blue', await releaseSnapshot('one'));
			for (const _ of [1, 2]) {
				await cluster.apps.replaceNamespacedStatefulSetScale({ ...set, body: { metadata: set, spec: { replicas: 0 } } });
				await target.start('blue', () => {});
				const stood = await podNow();
				expect(stood.isEnding).toBe(false);
				await sleep(1000);
				expect(await podNow()).toEqual(stood);
			}
		} finally {
			cluster.close();
			target.close();
			await bed.dispose();
		}
	});
});
