import type { V1ConfigMap, V1Lease } from '@kubernetes/client-node';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { FailoverStore } from '../failover/failover-store.ts';
import type { LeaseStore } from '../lease/lease.ts';
import type { Cluster } from './cluster.ts';
import { KubernetesLeaseStore, leaseSelector } from './kubernetes-lease-store.ts';
import { namesOf } from './names.ts';
import { journalReader } from './state/journal-text.ts';
import { JOURNAL_KEY, openWatchedFailover } from './state/open-cluster-state.ts';
import { Watched } from './watched.ts';

/**
 * Where a watch is silent, what it watches is listed thrice in this time, by every pod: so it is longer than the active one's renewals are
 * apart, which come by the watch. A seat is taken at the API server, whatever is remembered of it here.
 */
const LEASES_SILENT_MS = 2000;
const JOURNAL_SILENT_MS = 3000;

/**
 * What an instance shares with the others of its environment, as a pod has it: what it looks at many times a second is kept in memory.
 * @param prefix of the environment's objects
 * @throws FlowferryError as `Watched.start`
 */
export async function openPodState(
	cluster: Cluster,
	prefix: string,
	clock: MonotonicClock,
): Promise<{ leases: LeaseStore; failover: FailoverStore }> {
	const names = namesOf(prefix);
	const { namespace } = cluster;
	const leases = new Watched<V1Lease>({
		cluster,
		path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
		labelSelector: leaseSelector(names),
		silentMs: LEASES_SILENT_MS,
	});
	const journal = new Watched<V1ConfigMap>({
		cluster,
		path: `/api/v1/namespaces/${namespace}/configmaps`,
		fieldSelector: `metadata.name=${names.journal}`,
		silentMs: JOURNAL_SILENT_MS,
	});
	await Promise.all([leases.start(), journal.start()]).catch((error) => {
		leases.close();
		journal.close();
		throw error;
	});
	const read = journalReader(`ConfigMap ${namespace}/${names.journal}`);
	const look = () => {
		const object = journal.get(names.journal);
		// An object that lost its text is not one that was never written.
		return read(object ? (object.data?.[JOURNAL_KEY] ?? '') : null);
	};
	return {
		leases: new KubernetesLeaseStore({ cluster, names, clock, watched: leases }),
		failover: openWatchedFailover(cluster, prefix, look, () => new Date()),
	};
}
