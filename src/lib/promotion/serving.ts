import type { Journal, Release, SlotName } from './journal.ts';

/** What serves, or last served; null before the first promotion. */
export async function servingRelease({ journal }: { journal: Journal }): Promise<{ slot: SlotName; release: Release } | null> {
	const slot = await journal.servingSlot();
	const release = slot && (await journal.slots())[slot];
	return slot && release ? { slot, release } : null;
}
