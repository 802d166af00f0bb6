import { jest } from '@jest/globals';
import { makeBedImages } from '../../support/bed-images.ts';
import { describeWithKubernetes } from '../../support/describe-with-kubernetes.ts';
import type { BedImages } from '../../support/docker-bed.ts';
import { kubernetesBed } from '../../support/kubernetes-bed.ts';
import { describeTarget } from '../../support/target-contract.ts';

// A kubelet takes its time to end a pod, and to make another.
jest.setTimeout(480_000);

describeWithKubernetes('pods of a cluster', () => {
	let images: BedImages & { remove(): Promise<void> };
	beforeAll(async () => {
		images = await makeBedImages('ffk-bed-thorough');
	}, 300_000);
	afterAll(async () => {
		await images?.remove();
	}, 300_000);

	describeTarget('kubernetes', () => kubernetesBed(images.base), 'thorough');
});
