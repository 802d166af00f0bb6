import { ApiException, type KubernetesObject } from '@kubernetes/client-node';
import type { Cluster } from '../../../../src/lib/kubernetes/cluster.ts';
import { findOddities, type OdditiesParts } from '../../../../src/lib/targets/kubernetes/find-oddities.ts';
import { servingSelector } from '../../../../src/lib/targets/kubernetes/objects/services.ts';
import { kubernetesEnvironment, place } from '../../../support/kubernetes-environment.ts';

const scaled = 'mode: load-balanced, instances: 3, kubernetes: { resources: { requests: { cpu: 100m } }, autoscale: { from: 1, cpu: 50 } }';
const autoscaler = (name: string) => ({ metadata: { name } });

/** With all else as it should be. @param there its autoscalers, or why they cannot be listed */
async function found(keys: string, there: KubernetesObject[] | Error): Promise<string[]> {
	const at = place();
	const list = async () => {
		if (there instanceof Error) throw there;
		return { items: there };
	};
	const cluster = { namespace: at.namespace, objects: { list }, rbac: { readNamespacedRoleBinding: async () => ({}) } };
	return await findOddities({
		environment: kubernetesEnvironment(keys),
		cluster: cluster as unknown as Cluster,
		place: at,
		contents: { read: async (slot: string) => (slot === 'blue' ? {} : null) },
		sets: { replicas: async () => 2 },
		sizes: { boundsOf: () => ({ least: 1, most: 3 }) },
		pods: { list: async () => [] },
		service: { service: async () => ({ spec: { selector: servingSelector(at.names) } }) },
		leases: { missing: async () => [] },
	} as unknown as OdditiesParts);
}

describe('autoscalers', () => {
	const { names } = place();
	const both = [autoscaler(names.slot('blue')), autoscaler(names.slot('green'))];
	const forbidden = new ApiException(403, 'Forbidden', '', {});

	it('that are all there are nothing to name', async () => {
		expect(await found(scaled, both)).toEqual([]);
	});

	it('that somebody has removed are named, each', async () => {
		const named = (name: string) => expect.stringContaining(`the HorizontalPodAutoscaler ${name} is not there`);
		expect(await found(scaled, both.slice(1))).toEqual([named(names.slot('blue'))]);
		expect(await found(scaled, [])).toEqual([named(names.slot('blue')), named(names.slot('green'))]);
	});

	it('are not missed where none is asked for, or one of somebody else is', async () => {
		expect(await found('mode: load-balanced, instances: 3', forbidden)).toEqual([]);
		expect(await found('mode: load-balanced, instances: 3, kubernetes: { autoscale: { from: 1 } }', [])).toEqual([]);
	});

	it('are not missed by an account that may not look', async () => {
		expect(await found(scaled, forbidden)).toEqual([]);
	});

	it('that cannot be listed for another reason are no oddity, but a fault', async () => {
		await expect(found(scaled, new Error('connection refused'))).rejects.toThrow('connection refused');
	});
});
