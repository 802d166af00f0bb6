import { type ClusterChoice, connectCluster } from '../../kubernetes/connect-cluster.ts';
import { explainedCluster } from '../../kubernetes/explained-cluster.ts';
import { KubernetesTarget, type KubernetesTargetOptions } from './kubernetes-target.ts';

export interface OpeningOptions extends Omit<KubernetesTargetOptions, 'cluster'> {
	/** In which the way to the cluster is found, as kubectl does. */
	env: ClusterChoice['env'];
}

/**
 * Connects to an environment's cluster. Nothing is made there.
 * @throws FlowferryError as `connectCluster`
 */
export async function openKubernetesTarget({ env, ...options }: OpeningOptions): Promise<KubernetesTarget> {
	const { kubeconfig, context, namespace } = options.environment.kubernetes;
	const cluster = await connectCluster({ kubeconfig, context, namespace, env });
	return new KubernetesTarget({ ...options, cluster: explainedCluster(cluster) });
}
