import type { Journal, Release, SlotName } from './journal.ts';

/** The release that serves, and where. */
export interface Serving {
	slot: SlotName;
	release: Release;
}

/** What serves, or last served; null before the first promotion. */
export async function servingRelease({ journal }: { journal: Journal }): Promise<Serving | null> {
	const slot = await journal.servingSlot();
	const release = slot && (await journal.slots())[slot];
	return slot && release ? { slot, release } : null;
}
