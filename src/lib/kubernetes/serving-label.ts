import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { ifThere } from './if-there.ts';
import { label } from './names.ts';

/** Gives a pod the traffic of the Service, or takes it away. No effect on one that is gone. */
export async function setServing({ core, namespace }: Cluster, pod: string, serves: boolean): Promise<void> {
	const body = { metadata: { labels: { [label.serving]: serves ? 'true' : null } } };
	const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
	await ifThere(core.patchNamespacedPod({ namespace, name: pod, body }, merge));
}
