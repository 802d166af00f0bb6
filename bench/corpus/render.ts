import type { FileScore } from './score.ts';
import type { TallyRow } from './tally.ts';

/** The table of `npm run bench:accuracy`. */
export function renderTally(rows: readonly TallyRow[]): string[] {
	const head = ['family', 'mode', 'hazards', 'found', 'recall', 'false alarms', 'precision', 'same severity'];
	const body = rows.map((row) => [
		row.family,
		row.mode,
		String(row.hazards),
		String(row.found),
		percent(row.recall),
		String(row.falseAlarms),
		percent(row.precision),
		percent(row.found === 0 ? null : row.sameSeverity / row.found),
	]);
	return renderTable([head, ...body]);
}

/** Each miss and each false alarm, by file. */
export function renderList(scores: readonly FileScore[]): string[] {
	return scores.flatMap((score) => {
		const misses = score.expectations
			.filter((hazard) => hazard.found === null)
			.map((hazard) => `  missed       ${hazard.class}  ${placesOf(hazard.nodeIds)}  (${hazard.severity}) ${hazard.hazard}`);
		const alarms = score.falseAlarms.map(
			({ finding, why }) =>
				`  false alarm  ${finding.family}  ${finding.nodeId} ${finding.nodeType}  ${finding.rule} (${finding.severity}): ${why}`,
		);
		return misses.length + alarms.length === 0 ? [] : [`${score.file}, ${score.mode}`, ...misses, ...alarms];
	});
}

/** Columns of text; the first two to the left, the others to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string[] {
	const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
	return rows.map((row) =>
		row
			.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
			.join('  ')
			.trimEnd(),
	);
}

function placesOf(ids: readonly string[]): string {
	return ids.length === 1 ? ids[0]! : `${ids[0]} or ${ids.length - 1} others`;
}

function percent(ratio: number | null): string {
	return ratio === null ? '-' : `${(ratio * 100).toFixed(1)} %`;
}
