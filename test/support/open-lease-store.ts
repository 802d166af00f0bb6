import { systemClock } from '../../src/lib/adapters/clock.ts';
import { openStateDatabase } from '../../src/lib/adapters/state-database.ts';
import type { LeaseStore } from '../../src/lib/lease/lease.ts';
import { leaseTables, SqliteLeaseStore } from '../../src/lib/lease/sqlite-lease-store.ts';

/** Where a store of leases is, for another process. */
export type LeasePlace =
	| { kind: 'sqlite'; file: string }
	| { kind: 'kubernetes'; kubeconfig: string; namespace: string; prefix: string; answerMs: number; watches: boolean };

/** client-node is loaded only for a cluster: it takes its time. */
export async function openLeaseStore(place: LeasePlace): Promise<LeaseStore> {
	if (place.kind === 'sqlite') return new SqliteLeaseStore(openStateDatabase(place.file, leaseTables), systemClock());
	const { openKubernetesLeaseStore } = await import('./kubernetes-leases.ts');
	return await openKubernetesLeaseStore(place);
}
