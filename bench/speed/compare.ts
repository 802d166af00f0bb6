import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateFlows } from '../flows/generate.ts';
import { measureProcess, type ProcessCost } from './measure-process.ts';
import { findNrlint, writeNrlintConfig } from './nrlint.ts';

export const contestants = ['flowferry', 'nrlint', 'nrlintWithoutEslint'] as const;
export type Contestant = (typeof contestants)[number];

/** One size: what each round cost each; null from the round on in which it took longer than it may. */
export interface Comparison {
	nodes: number;
	rounds: Record<Contestant, (ProcessCost | null)[]>;
}

export interface CompareOptions {
	folder: string;
	rounds: number;
	timeoutMs: number;
	onRound(nodes: number, round: number): void;
}

const flowferry = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Runs all three in turn on one generated file, round after round, so that what else the machine does hits them alike. */
export async function compare(nodes: number, options: CompareOptions): Promise<Comparison> {
	const file = join(options.folder, `flows-${nodes}.json`);
	writeFileSync(file, JSON.stringify(generateFlows(nodes)));
	const nrlint = findNrlint();
	const commands: Record<Contestant, string[]> = {
		flowferry: [flowferry, 'lint', file, '--format', 'json'],
		nrlint: [nrlint, '-c', writeNrlintConfig(nrlint, options.folder, true), '-f', 'json', file],
		nrlintWithoutEslint: [nrlint, '-c', writeNrlintConfig(nrlint, options.folder, false), '-f', 'json', file],
	};
	const rounds: Comparison['rounds'] = { flowferry: [], nrlint: [], nrlintWithoutEslint: [] };
	for (let round = 0; round < options.rounds; round++) {
		options.onRound(nodes, round);
		for (const name of contestants) {
			const gaveUp = rounds[name].at(-1) === null;
			rounds[name].push(gaveUp ? null : await measureProcess(commands[name], options.folder, options.timeoutMs));
		}
	}
	return { nodes, rounds };
}
