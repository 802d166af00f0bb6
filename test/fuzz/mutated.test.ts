import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { corpusFolder } from '../../bench/corpus/labels.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const seconds = Number(process.env.FLOWFERRY_FUZZ_SECONDS ?? 30);
const seed = Number(process.env.FLOWFERRY_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** For one case, on a machine that does other things too. */
const hangMs = 30_000;

jest.setTimeout(seconds * 1000 + hangMs + 30_000);

const own = globSync('{demo/flows,test/fixtures/**}/*.json', { cwd: root }).map((path) => join(root, path));
const corpus = existsSync(corpusFolder()) ? globSync('*.json', { cwd: corpusFolder() }).map((name) => join(corpusFolder(), name)) : [];

interface Outcome {
	cases: number;
	/** What went wrong, with the seed that shows it again; null where nothing did. */
	failure: string | null;
}

/** Runs the worker until it ends, or until one case takes too long. */
async function mutateFiles(files: string[], forSeconds: number, firstSeed: number): Promise<Outcome> {
	const worker = spawn(
		process.execPath,
		[join(root, 'test/fuzz/mutation-worker.ts'), String(forSeconds), String(firstSeed), ...files.sort()],
		{
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	let cases = 0;
	let last = 'the start';
	let errors = '';
	let hung = false;
	const watch = setTimeout(() => {
		hung = true;
		worker.kill('SIGKILL');
	}, hangMs);
	worker.stderr.on('data', (data) => {
		errors += data;
	});
	for await (const line of createInterface(worker.stdout)) {
		watch.refresh();
		if (line.startsWith('case ')) cases++;
		last = line;
	}
	clearTimeout(watch);
	const again = `again with FLOWFERRY_FUZZ_SEED=${/\d+/.exec(last)?.[0] ?? firstSeed} FLOWFERRY_FUZZ_SECONDS=1`;
	if (hung) return { cases, failure: `${last} hung for ${hangMs} ms; ${again}` };
	return { cases, failure: last === 'done' ? null : `${last.replaceAll('\\n', '\n')}\n${errors}\n${again}` };
}

describe('mutated flow files', () => {
	// Without the corpus, which is not part of the project, our own flows get all the time.
	const share = corpus.length > 0 ? 0.2 : 1;

	it('of our own are refused, or linted with findings that hold', async () => {
		expect(own.length).toBeGreaterThan(1);
		const { cases, failure } = await mutateFiles(own, seconds * share, seed);
		expect(failure).toBeNull();
		expect(cases).toBeGreaterThan(0);
	});

	if (corpus.length === 0) it.skip(`of real installations: needs the flow files in ${corpusFolder()}`, () => {});
	else {
		it('of real installations are refused, or linted with findings that hold', async () => {
			const { cases, failure } = await mutateFiles(corpus, seconds * (1 - share), seed);
			expect(failure).toBeNull();
			expect(cases).toBeGreaterThan(0);
		});
	}
});

describe('the watch', () => {
	it('sees a worker that fails, and says how to see it again', async () => {
		const { failure } = await mutateFiles([join(root, 'README.md')], 1, 7);
		expect(failure).toContain('FLOWFERRY_FUZZ_SEED=7');
	});
});
