import { readFileSync } from 'node:fs';
import { modes } from '../../src/lib/flows/mode.ts';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import { lint } from '../../src/lib/lint/engine.ts';
import type { CorpusFile } from './labels.ts';
import { type FileScore, scoreFile } from './score.ts';

/** Lints every labelled file in both modes and compares the findings with the labels. */
export function measureCorpus(corpus: readonly CorpusFile[]): FileScore[] {
	return corpus.flatMap(({ labels, flowsPath }) => {
		const flows = parseFlows(readFileSync(flowsPath, 'utf8'), labels.file);
		return modes.map((mode) => scoreFile(labels, mode, lint(flows, { mode }).findings));
	});
}
