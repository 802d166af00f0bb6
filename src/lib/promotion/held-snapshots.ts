import type { Journal } from './journal.ts';

/** What an environment needs a snapshot for. */
export interface Hold {
	/** The snapshot's id. */
	snapshot: string;
	release: number;
	/** serves: it runs; warm: a rollback flips back to it; promoting: a promotion to it is unfinished or paused. */
	reason: 'serves' | 'warm' | 'promoting';
}

/** The snapshots that an environment runs, keeps warm or is being promoted to. */
export async function heldSnapshots(journal: Journal): Promise<Hold[]> {
	const [slots, serving, unfinished] = await Promise.all([journal.slots(), journal.servingSlot(), journal.unfinished()]);
	const holds: Hold[] = [];
	for (const slot of ['blue', 'green'] as const) {
		const release = slots[slot];
		if (release) holds.push({ snapshot: release.snapshot, release: release.number, reason: slot === serving ? 'serves' : 'warm' });
	}
	for (const side of [unfinished?.from, unfinished?.to]) {
		if (side) holds.push({ snapshot: side.release.snapshot, release: side.release.number, reason: 'promoting' });
	}
	return holds;
}
