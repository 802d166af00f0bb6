import { randomBytes } from 'node:crypto';
import type { Cluster } from '../../src/lib/kubernetes/cluster.ts';
import { openCluster } from '../../src/lib/kubernetes/connect-cluster.ts';

/** A namespace of a test's own. */
export interface TestNamespace {
	cluster: Cluster;
	name: string;
	/** With all that is in it; does not wait until the cluster is through with that. */
	remove(): Promise<void>;
}

export async function createTestNamespace(kubeconfig: string): Promise<TestNamespace> {
	const name = `ffk-${randomBytes(4).toString('hex')}`;
	const cluster = openCluster({ kubeconfig, namespace: name, env: {} });
	await cluster.core.createNamespace({ body: { metadata: { name } } });
	return {
		cluster,
		name,
		remove: async () => {
			await cluster.core.deleteNamespace({ name });
			cluster.close();
		},
	};
}
