import type { KubernetesObject, V1Lease } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { annotation, label, labelsOf, type Names, selectorOf } from '../../kubernetes/names.ts';
import { type Json, Watched, type WatchedOptions } from '../../kubernetes/watched.ts';

/** Nothing waits for what is told here: whoever follows looks for himself now and then. */
const SILENT_MS = 30_000;

/**
 * Tells of changes of an environment's pods, StatefulSets, leases, Service and journal, from watches.
 * @returns null where they cannot be watched: the server is away, or the account may not
 */
export async function followObjects(cluster: Cluster, names: Names, changed: () => void): Promise<{ close(): void } | null> {
	const watches = collectionsOf(cluster.namespace, names).map(
		(collection) => new Watched<KubernetesObject>({ cluster, silentMs: SILENT_MS, ...collection }),
	);
	const close = () => {
		for (const watch of watches) watch.close();
	};
	try {
		await Promise.all(watches.map((watch) => watch.start()));
	} catch {
		close();
		return null;
	}
	for (const watch of watches) tellOfChanges(watch, changed);
	return { close };
}

function collectionsOf(namespace: string, names: Names): Pick<WatchedOptions, 'path' | 'labelSelector' | 'fieldSelector'>[] {
	const core = `/api/v1/namespaces/${namespace}`;
	// A namespace has other environments, too, and ConfigMaps with flows of megabytes.
	const labelSelector = `${label.instance}=${names.prefix}`;
	return [
		{ path: `${core}/pods`, labelSelector },
		{ path: `${core}/services`, labelSelector },
		{ path: `${core}/configmaps`, fieldSelector: `metadata.name=${names.journal}` },
		{ path: `/apis/apps/v1/namespaces/${namespace}/statefulsets`, labelSelector },
		{ path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, labelSelector: selectorOf(labelsOf(names, 'lease')) },
	];
}

function tellOfChanges(watch: Watched<KubernetesObject>, changed: () => void): void {
	const known = new Map(watch.read().map((object) => [object.metadata?.name ?? '', appearanceOf(object)]));
	watch.on('changed', (name, object) => {
		const appearance = object && appearanceOf(object);
		if (known.get(name) === (appearance ?? undefined)) return;
		if (appearance === null) known.delete(name);
		else known.set(name, appearance);
		changed();
	});
}

/** What differs where there is something to see: a lease that is renewed, each second or so, is as before. Pure. */
export function appearanceOf(object: Json<KubernetesObject>): string {
	const { spec, metadata } = object as Json<V1Lease>;
	if (spec?.renewTime === undefined) return metadata?.resourceVersion ?? '';
	return JSON.stringify([spec.holderIdentity, spec.leaseTransitions, metadata?.annotations?.[annotation.roleChanges]]);
}
