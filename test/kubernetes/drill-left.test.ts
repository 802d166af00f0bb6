import { ifThere } from '../../src/lib/kubernetes/if-there.ts';
import { isolationOf } from '../../src/lib/targets/kubernetes/objects/isolation.ts';
import { placeOf } from '../../src/lib/targets/kubernetes/objects/place.ts';
import { connectTestCluster, describeWithKubernetes } from '../support/describe-with-kubernetes.ts';
import { kubernetesBed } from '../support/kubernetes-bed.ts';

describeWithKubernetes('what a drill that was killed has left in a cluster', () => {
	it('is taken back by the next start: the policy around a pod, and the right to the leases', async () => {
		// Nothing is started from an image here.
		const bed = await kubernetesBed('none');
		const { namespace = '' } = bed.environment.kubernetes;
		const { names } = placeOf(bed.environment, namespace);
		const cluster = connectTestCluster(namespace);
		const target = await bed.open();
		try {
			await target.startRouter();
			const policy = isolationOf(names, 'blue/0');
			await cluster.networking.createNamespacedNetworkPolicy({ namespace, body: policy });
			await cluster.rbac.deleteNamespacedRoleBinding({ namespace, name: names.serviceAccount });
			await target.startRouter();
			const policies = await cluster.networking.listNamespacedNetworkPolicy({ namespace });
			expect(policies.items.map(({ metadata }) => metadata?.name)).toEqual([names.prefix]);
			expect(await ifThere(cluster.rbac.readNamespacedRoleBinding({ namespace, name: names.serviceAccount }))).not.toBeNull();
		} finally {
			target.close();
			cluster.close();
			await bed.dispose();
		}
	});
});
