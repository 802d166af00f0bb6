import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { openStateDatabase } from '../lib/adapters/state-database.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { failoverTables, SqliteFailoverStore } from '../lib/failover/sqlite-failover-store.ts';
import type { OwnPod } from '../lib/kubernetes/own-pod.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';
import { leaseTables, SqliteLeaseStore } from '../lib/lease/sqlite-lease-store.ts';
import { journalTables, SqliteJournal } from '../lib/promotion/sqlite-journal.ts';
import type { StatePlace } from '../lib/targets/instance.ts';

/** A store that somebody else does not let go of must not keep the runner from what else it has to do before its lease ends. */
const BUSY_MS = 200;

/** What an instance shares with the others of its environment. */
export interface SharedState {
	leases: LeaseStore;
	failover: FailoverStore;
}

/**
 * Opens what the instances of an environment share, wherever it is kept.
 * @param pod this one; null where it is none
 * @throws FlowferryError STATE_UNUSABLE, and as `openPodState`
 */
export async function openSharedState(place: StatePlace, clock: MonotonicClock, pod: OwnPod | null): Promise<SharedState> {
	if (place.kind === 'cluster') {
		if (!pod) throw new Error(`the state of ${place.prefix} is for its pods`);
		const { openPodState } = await import('../lib/kubernetes/pod-state.ts');
		return await openPodState(pod.cluster, place.prefix, clock);
	}
	const database = openStateDatabase(place.path, leaseTables + journalTables + failoverTables, BUSY_MS);
	const now = () => new Date();
	return {
		leases: new SqliteLeaseStore(database, clock),
		failover: new SqliteFailoverStore(database, new SqliteJournal(database, now), now),
	};
}
