import { shortId } from '../snapshot/snapshot.ts';
import type { StoredTime, Verification } from '../snapshot/store.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What `flowferry snapshot verify` found. */
export function renderVerification({ checked, damaged, repository }: Verification, theme: Theme): string {
	const faults = [
		...damaged.flatMap(({ id, files, message, hint }) => [
			`${theme.error('damaged')}  ${shortId(id)}  ${printable(message)}`,
			...files.map((file) => `  ${printable(file)}`),
			`  → ${printable(hint)}`,
		]),
		...repository.map((problem) => `${theme.error('damaged')}  the repository's history: ${printable(problem)}`),
	];
	const read = count(checked, 'snapshot');
	if (faults.length === 0) return `${theme.good('Whole')}: ${read} read, each gives its id; git's history is complete`;
	return [...faults, `${read} read, ${damaged.length} damaged`].join('\n');
}

/** The snapshots that are to go, or went. */
export function renderPruned(pruned: readonly StoredTime[]): string {
	return pruned.map(({ id, time }) => `  ${shortId(id)}  ${(time ?? '').slice(0, 16).replace('T', ' ')}`).join('\n');
}
