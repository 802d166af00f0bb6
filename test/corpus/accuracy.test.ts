import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { corpusFolder, readCorpus } from '../../bench/corpus/labels.ts';
import { measureCorpus } from '../../bench/corpus/measure.ts';
import { renderList } from '../../bench/corpus/render.ts';
import { type TallyRow, tallyScores } from '../../bench/corpus/tally.ts';
import type { Family } from '../../src/lib/lint/finding.ts';

const corpus = readCorpus();

/** What must not be lost again, in percent over both modes. Raise these when the lint gets better; never lower them for a rule. */
const floors: Record<Family | 'all', { recall: number; precision: number }> = {
	subscriptions: { recall: 98, precision: 97 },
	'implicit-state': { recall: 98, precision: 98 },
	'explicit-state': { recall: 98, precision: 93 },
	timers: { recall: 98, precision: 98 },
	listeners: { recall: 98, precision: 98 },
	singletons: { recall: 98, precision: 98 },
	local: { recall: 95, precision: 95 },
	portability: { recall: 95, precision: 95 },
	cutover: { recall: 95, precision: 95 },
	correctness: { recall: 95, precision: 90 },
	all: { recall: 98.5, precision: 98 },
};

describe('the lint on labelled flows', () => {
	if (!corpus) {
		it.skip(`finds what people found: needs the flow files in ${corpusFolder()}`, () => {});
		return;
	}
	const scores = measureCorpus(corpus);
	const rows = tallyScores(scores);
	const list = renderList(scores).join('\n');

	it.each(Object.entries(floors))('finds enough and invents little: %s', (family, { recall, precision }) => {
		const of = rows.filter((row) => row.family === family && row.mode !== 'both');
		const sum = (count: (row: TallyRow) => number): number => of.reduce((total, row) => total + count(row), 0);
		const found = sum((row) => row.found);
		const result = {
			recall:
				(100 * found) /
				Math.max(
					1,
					sum((row) => row.hazards),
				),
			precision: (100 * found) / Math.max(1, found + sum((row) => row.falseAlarms)),
		};
		const enough = result.recall >= recall && result.precision >= precision;
		expect(enough ? '' : `${JSON.stringify(result)}\n${list}`).toBe('');
	});

	it('is what the command prints', () => {
		const command = fileURLToPath(new URL('../../bench/accuracy.ts', import.meta.url));
		const printed = JSON.parse(execFileSync(process.execPath, [command, '--json'], { encoding: 'utf8' }));
		expect(printed).toEqual({ files: 25, rows });
	});
});
