import { renderTable } from '../corpus/render.ts';
import type { Comparison, Contestant } from './compare.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What `npm run bench:lint -- --json` prints: medians, by size; null where a run took longer than it may. */
export interface SpeedResult {
	nodes: number[];
	flowferryMs: (number | null)[];
	nrlintMs: (number | null)[];
	nrlintWithoutEslintMs: (number | null)[];
	flowferryRssMB: (number | null)[];
}

export function summarize(comparisons: readonly Comparison[]): SpeedResult {
	const times = (name: Contestant): (number | null)[] => comparisons.map((comparison) => round(timeOf(comparison, name)?.median));
	return {
		nodes: comparisons.map(({ nodes }) => nodes),
		flowferryMs: times('flowferry'),
		nrlintMs: times('nrlint'),
		nrlintWithoutEslintMs: times('nrlintWithoutEslint'),
		flowferryRssMB: comparisons.map((comparison) => round(memoryOf(comparison)?.median)),
	};
}

export function renderComparisons(comparisons: readonly Comparison[], timeoutMs: number): string[] {
	const late = `over ${timeoutMs / 1000} s`;
	const rows = comparisons.map((comparison) => [
		String(comparison.nodes),
		'',
		show(timeOf(comparison, 'flowferry'), 'ms', late),
		show(timeOf(comparison, 'nrlint'), 'ms', late),
		show(timeOf(comparison, 'nrlintWithoutEslint'), 'ms', late),
		show(memoryOf(comparison), 'MB', late),
	]);
	return renderTable([['nodes', '', 'flowferry', 'nrlint', 'nrlint without ESLint', 'flowferry memory'], ...rows]);
}

function timeOf(comparison: Comparison, name: Contestant): Spread | null {
	return spreadOf(comparison.rounds[name].map((cost) => cost?.ms ?? null));
}

function memoryOf(comparison: Comparison): Spread | null {
	return spreadOf(comparison.rounds.flowferry.map((cost) => cost?.peakMB ?? null));
}

function show(spread: Spread | null, unit: string, late: string): string {
	return spread ? `${Math.round(spread.median)} (${Math.round(spread.min)}–${Math.round(spread.max)}) ${unit}` : late;
}

function round(value: number | undefined): number | null {
	return value === undefined ? null : Math.round(value * 10) / 10;
}
