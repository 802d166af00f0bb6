import type { V1Lease } from '@kubernetes/client-node';
import { type MonotonicClock, systemClock } from '../../src/lib/adapters/clock.ts';
import { openCluster } from '../../src/lib/kubernetes/connect-cluster.ts';
import { KubernetesLeaseStore, leaseSelector } from '../../src/lib/kubernetes/kubernetes-lease-store.ts';
import { namesOf } from '../../src/lib/kubernetes/names.ts';
import { Watched } from '../../src/lib/kubernetes/watched.ts';
import type { LeasePlace } from './open-lease-store.ts';

export type KubernetesPlace = Omit<Extract<LeasePlace, { kind: 'kubernetes' }>, 'kind'>;

/** As the command line has it: without a watch. Its connections end with it. */
export function leaseStoreAt(place: KubernetesPlace, clock: MonotonicClock = systemClock()): KubernetesLeaseStore {
	return storeOf(place, clock).store;
}

/** As a pod has it where the place says so: with a watch. */
export async function openKubernetesLeaseStore(place: KubernetesPlace, silentMs?: number): Promise<KubernetesLeaseStore> {
	const { store, watched } = storeOf(place, systemClock(), silentMs);
	await watched?.start().catch((error: unknown) => {
		store.close();
		throw error;
	});
	return store;
}

function storeOf({ kubeconfig, namespace, prefix, answerMs, watches }: KubernetesPlace, clock: MonotonicClock, silentMs?: number) {
	const cluster = openCluster({ kubeconfig, namespace, answerMs, env: {} });
	const names = namesOf(prefix);
	const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
	const options = { cluster, path, labelSelector: leaseSelector(names), ...(silentMs === undefined ? {} : { silentMs }) };
	const watched = watches ? new Watched<V1Lease>(options) : undefined;
	const store = new KubernetesLeaseStore({ cluster, names, clock, ...(watched ? { watched } : {}) });
	const close = store.close.bind(store);
	store.close = () => {
		close();
		cluster.close();
	};
	return { store, watched };
}
