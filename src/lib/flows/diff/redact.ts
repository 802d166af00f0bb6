import { mapTexts } from '../map-texts.ts';
import type { SnapshotDiff } from './snapshot-diff.ts';

/** Words of the diff itself; a password may be called `changed`. */
const OWN_WORDS = new Set(['kind', 'state', 'change', 'language']);

/** A diff with every text of the flows passed through a filter, which knows secrets that do not look like any. */
export function redactDiff(diff: SnapshotDiff, redact: (text: string) => string): SnapshotDiff {
	return mapTexts(diff, (text, key) => (OWN_WORDS.has(key) ? text : redact(text))) as SnapshotDiff;
}
