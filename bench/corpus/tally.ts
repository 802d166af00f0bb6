import type { Mode } from '../../src/lib/flows/mode.ts';
import { type Family, families } from '../../src/lib/lint/finding.ts';
import type { FileScore } from './score.ts';

export interface Tally {
	hazards: number;
	found: number;
	falseAlarms: number;
	/** Found with the severity of the label. */
	sameSeverity: number;
	/** Found among the hazards, 0 to 1; null without any. */
	recall: number | null;
	/** Right among right and wrong findings, 0 to 1; null without any. */
	precision: number | null;
}

export interface TallyRow extends Tally {
	family: Family | 'all';
	mode: Mode | 'both';
}

/** Rows for each family and mode that occur, then for each mode, then for all. */
export function tallyScores(scores: readonly FileScore[]): TallyRow[] {
	const modes = [...new Set(scores.map((score) => score.mode))];
	const rows: TallyRow[] = [];
	for (const family of [...families, 'all'] as const) {
		for (const mode of modes) rows.push({ family, mode, ...tally(scores, family, mode) });
	}
	rows.push({ family: 'all', mode: 'both', ...tally(scores, 'all', 'both') });
	return rows.filter((row) => row.family === 'all' || row.hazards + row.falseAlarms > 0);
}

function tally(scores: readonly FileScore[], family: Family | 'all', mode: Mode | 'both'): Tally {
	const chosen = scores.filter((score) => mode === 'both' || score.mode === mode);
	const expected = chosen.flatMap((score) => score.expectations).filter((hazard) => family === 'all' || hazard.class === family);
	const alarms = chosen.flatMap((score) => score.falseAlarms).filter(({ finding }) => family === 'all' || finding.family === family);
	const found = expected.filter((hazard) => hazard.found !== null);
	return {
		hazards: expected.length,
		found: found.length,
		falseAlarms: alarms.length,
		sameSeverity: found.filter((hazard) => hazard.found === hazard.severity).length,
		recall: ratio(found.length, expected.length),
		precision: ratio(found.length, found.length + alarms.length),
	};
}

function ratio(part: number, whole: number): number | null {
	return whole === 0 ? null : part / whole;
}
