import type { StoredTime } from './store.ts';

/** What is to stay, beside what is held. */
export type Retention = { kind: 'newest'; count: number } | { kind: 'since'; time: Date };

/**
 * The snapshots that may go.
 * @param index the newest first; one whose age cannot be told stays
 * @param held ids that something needs
 */
export function choosePruned(index: readonly StoredTime[], held: ReadonlySet<string>, retention: Retention): StoredTime[] {
	return index.filter(({ id, time }, place) => {
		if (time === undefined || held.has(id)) return false;
		return retention.kind === 'newest' ? place >= retention.count : Date.parse(time) < retention.time.getTime();
	});
}
