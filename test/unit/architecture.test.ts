import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCycles } from '../support/architecture/cycles.ts';
import { buildRestrictions, libraryOwners, pluginsByName } from '../support/architecture/libraries.ts';
import { readSourceFile, type SourceFile } from '../support/architecture/source-file.ts';
import { walls } from '../support/architecture/walls.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

async function readSources(): Promise<SourceFile[]> {
	const paths: string[] = [];
	for await (const path of glob('src/**/*.ts', { cwd: root })) paths.push(path);
	return Promise.all(paths.sort().map(async (path) => readSourceFile(path, await readFile(join(root, path), 'utf8'))));
}

/** Sources that exist only here: path → text. */
async function invent(texts: Record<string, string>): Promise<SourceFile[]> {
	return Promise.all(Object.entries(texts).map(([path, text]) => readSourceFile(path, text)));
}

function breachesOf(wall: string, files: SourceFile[]): string[] {
	const byPath = new Map(files.map((file) => [file.path, file]));
	return files.flatMap((file) => walls[wall]!(file, byPath));
}

describe('the sources', () => {
	let files: SourceFile[];
	beforeAll(async () => {
		files = await readSources();
	});

	it('are all there, and import only files that exist', () => {
		const paths = new Set(files.map((file) => file.path));
		expect(paths.size).toBeGreaterThan(10);
		const missing = files.flatMap((file) =>
			file.imports
				.filter(({ target }) => target.startsWith('src/') && /\.ts$/.test(target) && !paths.has(target))
				.map(({ target }) => target),
		);
		expect(missing).toEqual([]);
	});

	it('have no import cycle', () => {
		expect(findCycles(files).map((cycle) => cycle.join(' → '))).toEqual([]);
	});

	it.each(Object.keys(walls))('%s', (wall) => {
		expect(breachesOf(wall, files)).toEqual([]);
	});
});

describe('libraries', () => {
	it('are those that package.json names', () => {
		expect([...Object.keys(libraryOwners), ...pluginsByName].sort()).toEqual(Object.keys(readJson('package.json').dependencies).sort());
	});

	it("have the same owners in biome.json's restrictions", () => {
		const overrides = readJson('biome.json').overrides as { linter?: { rules?: { style?: { noRestrictedImports?: unknown } } } }[];
		expect(overrides.filter((override) => override.linter?.rules?.style?.noRestrictedImports)).toEqual(buildRestrictions(libraryOwners));
	});
});

describe('the checker', () => {
	it('sees every kind of import and read', async () => {
		const [file] = await invent({
			'src/lib/a/b.ts': `
				import x, { type Y } from '../c.ts';
				import type { Z } from 'zod';
				export * from './d.ts';
				export { e } from '../e.ts';
				const f = await import('../../f.ts');
				type G = import('./g.ts').G;
				const { env } = process;
				globalThis.process.exit(process['cwd']());
				const now = new Date(), then = new Date(0);
			`,
		});
		expect(file!.imports).toEqual([
			{ target: 'src/lib/c.ts', typeOnly: false },
			{ target: 'zod', typeOnly: true },
			{ target: 'src/lib/a/d.ts', typeOnly: false },
			{ target: 'src/lib/e.ts', typeOnly: false },
			{ target: 'src/f.ts', typeOnly: false },
			{ target: 'src/lib/a/g.ts', typeOnly: true },
		]);
		expect(file!.reads).toEqual(expect.arrayContaining(['process.env', 'process.exit', 'process.cwd', 'new Date']));
		expect(file!.reads.filter((read) => read === 'new Date')).toHaveLength(1);
	});

	it('finds cycles, of two, of three and of one', async () => {
		const files = await invent({
			'src/a.ts': "import './b.ts';",
			'src/b.ts': "import './c.ts'; import './d.ts';",
			'src/c.ts': "import type {} from './a.ts';",
			'src/d.ts': "import './b.ts';",
			'src/e.ts': "import './e.ts';",
			'src/f.ts': "import './a.ts';",
		});
		expect(findCycles(files)).toEqual([
			['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts'],
			['src/b.ts', 'src/d.ts', 'src/b.ts'],
			['src/e.ts', 'src/e.ts'],
		]);
	});

	it.each<[wall: string, path: string, text: string, complaint: string]>([
		['the library does not know the programs that use it', 'src/lib/ui/x.ts', "import '../../commands/up.ts'", 'src/commands/up.ts'],
		['the programs do not know each other', 'src/runner/x.ts', "import '../agent/drain.ts'", 'src/agent/drain.ts'],
		['flows lean on nothing but errors', 'src/lib/flows/x.ts', "import '../config/load.ts'", 'src/lib/config/load.ts'],
		['rules do not import each other', 'src/lib/lint/rules/x.ts', "import './y.ts'", 'src/lib/lint/rules/y.ts'],
		['targets import neither each other nor the cutover', 'src/lib/targets/process/x.ts', "import '../docker/y.ts'", 'docker/y.ts'],
		['targets import neither each other nor the cutover', 'src/lib/targets/x.ts', "import '../cutover/run.ts'", 'cutover/run.ts'],
		["the agent imports its own files and Node's, nothing else", 'src/agent/x.ts', "import '../lib/errors/y.ts'", 'src/lib/errors/y.ts'],
		["the agent imports its own files and Node's, nothing else", 'src/agent/x.ts', "import 'mqtt'", 'imports mqtt'],
		['only entries read process.env and process.cwd or call process.exit', 'src/lib/x.ts', 'process.env.HOME', 'uses process.env'],
		[
			'only entries read process.env and process.cwd or call process.exit',
			'src/x.ts',
			"import { cwd } from 'node:process'",
			'node:process',
		],
		['pure code does no I/O and reads no clock, not by way of others either', 'src/lib/flows/x.ts', "import 'node:fs'", 'imports node:fs'],
		['pure code does no I/O and reads no clock, not by way of others either', 'src/lib/plan/x.ts', 'Date.now()', 'reads Date.now'],
		['pure code does no I/O and reads no clock, not by way of others either', 'src/lib/lint/x.ts', 'new Date()', 'reads new Date'],
		['a library has one owner', 'src/lib/flows/x.ts', "import 'chalk'", 'belongs to src/lib/ui/theme.ts'],
		['a library has one owner', 'src/lib/flows/x.ts', "import '@oclif/core/flags'", 'belongs to src/base-command.ts'],
		['a library has one owner', 'src/lib/flows/x.ts', "import 'left-pad'", 'has no owner'],
	])('sees where it is not so that %s (%s: %s)', async (wall, path, text, complaint) => {
		const breaches = breachesOf(wall, await invent({ [path]: text }));
		expect(breaches).toHaveLength(1);
		expect(breaches[0]).toContain(path);
		expect(breaches[0]).toContain(complaint);
	});

	it('sees I/O that pure code brings in by way of another file, and lets types pass', async () => {
		const wall = 'pure code does no I/O and reads no clock, not by way of others either';
		const files = await invent({
			'src/lib/flows/a.ts': "import '../b.ts'; import type { C } from '../c.ts';",
			'src/lib/b.ts': "import 'node:net';",
			'src/lib/c.ts': "import 'node:fs';",
		});
		expect(breachesOf(wall, files)).toEqual(['src/lib/flows/a.ts → src/lib/b.ts imports node:net']);
	});

	it('lets each wall stand where nothing breaks it', async () => {
		const files = await invent({
			'src/base-command.ts': "import { Command } from '@oclif/core'; process.env.X; process.cwd();",
			'src/lib/lint/rules/index.ts': "import './x.ts';",
			'src/lib/lint/rules/x.ts': "import 'acorn'; import '../finding.ts'; import 'node:util';",
			'src/lib/targets/process/x.ts': "import './y.ts'; import '../target.ts';",
			'src/agent/plugin.ts': "import './drain.ts'; import 'node:fs'; process.env.X;",
		});
		expect(Object.keys(walls).flatMap((wall) => breachesOf(wall, files))).toEqual([]);
	});
});
