import { type KubernetesObject, PatchStrategy, type V1Service } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { answeredWith } from '../../kubernetes/cluster-fault.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import { FIELD_MANAGER } from '../../kubernetes/names.ts';

/**
 * Makes an object as it is given, or has one that is there be so: server-side, so that what others manage of it stays theirs
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
 */
export async function apply(cluster: Cluster, object: KubernetesObject): Promise<void> {
	const applied = () => cluster.objects.patch(object, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply);
	try {
		const answer = await applied();
		if (object.kind === 'Service') await dropFromSelector(cluster, object, answer);
	} catch (error) {
		if (object.kind !== 'Service' || !answeredWith(error, 422)) throw error;
		await replacePorts(cluster, object);
		await applied();
	}
}

/** Kubernetes 1.20 applies a selector key by key: one that somebody has added stays, and the Service leads nowhere. */
async function dropFromSelector(cluster: Cluster, { apiVersion, kind, metadata, spec }: V1Service, found: V1Service): Promise<void> {
	const added = Object.keys(found.spec?.selector ?? {}).filter((key) => !Object.hasOwn(spec?.selector ?? {}, key));
	if (added.length === 0) return;
	const { name, namespace } = metadata ?? {};
	const selector = Object.fromEntries(added.map((key) => [key, null]));
	const dropped = { apiVersion, kind, metadata: { name, namespace }, spec: { selector } } as KubernetesObject;
	await cluster.objects.patch(dropped, undefined, undefined, FIELD_MANAGER, undefined, PatchStrategy.MergePatch);
}

/** Ports are told apart by their number: where a file of before still says another one, both would have the same name. */
async function replacePorts(cluster: Cluster, { apiVersion, kind, metadata, spec }: V1Service): Promise<void> {
	const { name, namespace } = metadata ?? {};
	const ports = { apiVersion, kind, metadata: { name, namespace }, spec: { ports: spec?.ports } } as KubernetesObject;
	await cluster.objects.patch(ports, undefined, undefined, FIELD_MANAGER, undefined, PatchStrategy.MergePatch);
}

/** Makes an object that is not there; one that is stays as it is. */
export async function ensure(cluster: Cluster, object: KubernetesObject): Promise<void> {
	try {
		await cluster.objects.create(object, undefined, undefined, FIELD_MANAGER);
	} catch (error) {
		if (!answeredWith(error, 409)) throw error;
	}
}

/** Removes an object, and in the background what belongs to it; no effect where it is not there. */
export async function remove(cluster: Cluster, object: KubernetesObject): Promise<void> {
	await ifThere(cluster.objects.delete(object, undefined, undefined, undefined, undefined, 'Background'));
}
