import type { PackageSupply } from '../packages/supply.ts';
import type { SnapshotStore } from '../snapshot/store.ts';
import type { BundleManifest, SealState } from './bundle.ts';
import type { SealPolicy } from './open.ts';
import { withBundle } from './open.ts';

/** What came of a bundle that was taken in. */
export interface TakenIn {
	manifest: BundleManifest;
	seal: SealState;
	/** Whether the store had no such snapshot before. */
	created: boolean;
	/** The text of the saved plan that it brought; null where it brought none. */
	plan: string | null;
	/** Why the snapshot could not be sent to the store's remote, where that is done by itself; null where nothing failed. */
	unshared: string | null;
}

/**
 * Brings what a bundle holds to where promotions look for it: its snapshot into the store, its packages into the supply. Done
 * again, it changes nothing.
 * @throws as `withBundle` and `SnapshotStore.put`, with nothing taken in of a damaged one
 */
export async function takeInBundle(
	file: string,
	policy: SealPolicy,
	into: { snapshots: SnapshotStore; packages: PackageSupply },
): Promise<TakenIn> {
	return await withBundle(file, policy, async ({ manifest, seal, snapshot, plan, sets, tarballs }) => {
		for (const set of sets) await into.packages.add(set, tarballs);
		const { created, unshared } = await into.snapshots.put(snapshot);
		return { manifest, seal, created, plan, unshared: unshared?.message ?? null };
	});
}
