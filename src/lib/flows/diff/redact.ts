import type { SnapshotDiff } from './snapshot-diff.ts';

/** Words of the diff itself; a password may be called `changed`. */
const OWN_WORDS = new Set(['kind', 'state', 'change', 'language']);

/** A diff with every text of the flows passed through a filter, which knows secrets that do not look like any. */
export function redactDiff(diff: SnapshotDiff, redact: (text: string) => string): SnapshotDiff {
	return redactTexts('', diff, redact) as SnapshotDiff;
}

function redactTexts(key: string, value: unknown, redact: (text: string) => string): unknown {
	if (typeof value === 'string') return OWN_WORDS.has(key) ? value : redact(value);
	if (Array.isArray(value)) return value.map((item) => redactTexts(key, item, redact));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactTexts(name, item, redact)]));
}
