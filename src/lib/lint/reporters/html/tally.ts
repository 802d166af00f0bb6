import { type Finding, type Severity, severities } from '../../finding.ts';

/** How many findings of each severity. */
export type Tally = Record<Severity, number>;

export function countBySeverity(findings: readonly Finding[]): Tally {
	const tally: Tally = { error: 0, warning: 0, info: 0 };
	for (const { severity } of findings) tally[severity]++;
	return tally;
}

export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const item of items) {
		const key = keyOf(item);
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return groups;
}

/** A pill for each severity that there is. */
export function renderTally(tally: Tally): string {
	const pills = severities.flatMap((severity) =>
		tally[severity] === 0 ? [] : [`<span class="pill ${severity}">${count(tally[severity], severity)}</span>`],
	);
	return pills.join(' ') || '<span class="pill none">no findings</span>';
}

export function count(amount: number, noun: string): string {
	return `${amount} ${noun}${amount === 1 || noun === 'info' ? '' : 's'}`;
}
