import { canonicalDigest } from '../flows/canonical.ts';
import type { AuditDraft, AuditEntry, AuditHead } from './audit-log.ts';

/** Before the first entry. */
const NO_HASH = '0'.repeat(64);

/** The next entry of a log whose last is `head`. Pure. */
export function chain(draft: AuditDraft, time: string, head: AuditHead | null): AuditEntry {
	const unhashed = { sequence: (head?.sequence ?? 0) + 1, time, ...draft, previous: head?.hash ?? NO_HASH };
	return { ...unhashed, hash: canonicalDigest(unhashed) };
}

/** The first place at which a log is not what was written; null where it is whole. */
export interface ChainFault {
	/** The entry's number. */
	sequence: number;
	problem: string;
}

/**
 * Whether entries are missing, changed or out of their order. It cannot see that somebody wrote all of them, and the head, anew. Pure.
 * @param head as it was noted apart from the entries
 */
export function verifyChain(entries: readonly AuditEntry[], head: AuditHead | null): ChainFault | null {
	let [sequence, previous] = [0, NO_HASH];
	for (const entry of entries) {
		if (entry.sequence !== sequence + 1)
			return { sequence: sequence + 1, problem: `is missing: entry ${sequence} is followed by ${entry.sequence}` };
		const { hash, ...unhashed } = entry;
		if (hash !== canonicalDigest(unhashed)) return { sequence: entry.sequence, problem: 'was changed after it was written' };
		if (entry.previous !== previous)
			return { sequence: entry.sequence, problem: 'does not follow the entry before it: one of them was replaced' };
		[sequence, previous] = [entry.sequence, hash];
	}
	if ((head?.sequence ?? 0) > sequence)
		return { sequence: sequence + 1, problem: `is missing: the log ends with ${sequence}, and once had ${head?.sequence}` };
	if (head && head.hash !== previous) return { sequence, problem: 'is not the one that was written last' };
	return null;
}
