import type { KubernetesListObject, KubernetesObject } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { answeredWith } from '../../kubernetes/cluster-fault.ts';
import { label, type Names } from '../../kubernetes/names.ts';
import { remove } from './apply.ts';

/** All objects of an environment, the ones that make others first. */
const kinds = [
	['apps/v1', 'StatefulSet'],
	['v1', 'Service'],
	['v1', 'ConfigMap'],
	['v1', 'Secret'],
	['networking.k8s.io/v1', 'NetworkPolicy'],
	['rbac.authorization.k8s.io/v1', 'RoleBinding'],
	['rbac.authorization.k8s.io/v1', 'Role'],
	['v1', 'ServiceAccount'],
	// Last of all: the lock is among them.
	['coordination.k8s.io/v1', 'Lease'],
] as const;

/** @param policy the version of the API that has PodDisruptionBudgets */
export async function objectsOf(cluster: Cluster, names: Names, policy: string): Promise<KubernetesObject[]> {
	const found = (await autoscalersThere(cluster, names)) ?? [];
	for (const [apiVersion, kind] of [[policy, 'PodDisruptionBudget'], ...kinds] as [string, string][])
		found.push(...(await objectsOfKind(cluster, names, apiVersion, kind)));
	return found;
}

/** Null for an account without a right to look: it has made none, for it is for environments that ask for some. */
export async function autoscalersThere(cluster: Cluster, names: Names): Promise<KubernetesObject[] | null> {
	return await objectsOfKind(cluster, names, 'autoscaling/v1', 'HorizontalPodAutoscaler').catch((error) => {
		if (answeredWith(error, 403)) return null;
		throw error;
	});
}

/** An environment's own, by their labels: what somebody else has made under such a name is not among them. */
async function objectsOfKind(
	{ objects, namespace }: Cluster,
	{ prefix }: Names,
	apiVersion: string,
	kind: string,
): Promise<KubernetesObject[]> {
	const selector = `${label.instance}=${prefix},${label.managedBy}=flowferry`;
	const list: KubernetesListObject<KubernetesObject> = await objects.list(
		apiVersion,
		kind,
		namespace,
		undefined,
		undefined,
		undefined,
		undefined,
		selector,
	);
	return list.items.map((item) => ({ ...item, apiVersion, kind }));
}

/** In the order of their names within a kind: parts of the audit before its head, without which nothing could be recorded any more. */
export async function removeAll(cluster: Cluster, names: Names, policy: string): Promise<void> {
	for (const { apiVersion, kind, metadata } of await objectsOf(cluster, names, policy)) {
		if (apiVersion && kind && metadata?.name)
			await remove(cluster, { apiVersion, kind, metadata: { name: metadata.name, namespace: cluster.namespace } });
	}
}
