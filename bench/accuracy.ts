/** `npm run bench:accuracy`: how much of what people found in real flows the lint finds, and how much it invents. See `--help`. */
import { parseArgs } from 'node:util';
import { corpusFolder, readCorpus } from './corpus/labels.ts';
import { measureCorpus } from './corpus/measure.ts';
import { renderList, renderTally } from './corpus/render.ts';
import { tallyScores } from './corpus/tally.ts';

const help = `Compares the lint with the labels in test/corpus, in both modes, and prints recall and precision by family.

  --list          every miss and every false alarm
  --file <text>   only the files whose name has this text
  --json          one JSON object: {"files":…,"rows":[{"family","mode","hazards","found","falseAlarms","recall","precision","sameSeverity"}]}

The flow files are not part of the project: FLOWFERRY_CORPUS names their folder (default: ../shared/corpus, seen from the checkout).
`;

const { values } = parseArgs({
	options: {
		list: { type: 'boolean', default: false },
		json: { type: 'boolean', default: false },
		file: { type: 'string', default: '' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = main();

function main(): number {
	const corpus = readCorpus()?.filter(({ labels }) => labels.file.includes(values.file));
	if (!corpus || corpus.length === 0) {
		process.stderr.write(`There is no labelled flow file in ${corpusFolder()}. Set FLOWFERRY_CORPUS to the folder that holds them.\n`);
		return 2;
	}
	const scores = measureCorpus(corpus);
	const rows = tallyScores(scores);
	const lines = [...(values.list ? [...renderList(scores), ''] : []), ...renderTally(rows)];
	process.stdout.write(values.json ? `${JSON.stringify({ files: corpus.length, rows })}\n` : `${lines.join('\n')}\n`);
	return 0;
}
