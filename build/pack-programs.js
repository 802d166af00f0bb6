/**
 * Packs the programs that run in a container into `dist/container`, each into one file with the code that they share beside it:
 * an image gets no node_modules of ours.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const programs = ['runner/main', 'runner/health', 'keeper/main', 'gateway/main'];
const missing = programs.filter((program) => !existsSync(`${root}src/${program}.ts`));
if (missing.length > 0) throw new Error(`no such program: ${missing.join(', ')}`);

const out = `${root}dist/container`;
await rm(out, { recursive: true, force: true });
await build({
	entryPoints: programs.map((program) => ({ in: `${root}src/${program}.ts`, out: program })),
	outdir: out,
	bundle: true,
	platform: 'node',
	target: 'node22',
	format: 'esm',
	// What is loaded only when it is needed stays in a file of its own.
	splitting: true,
	chunkNames: 'shared/[name]-[hash]',
	// The names in a stack trace are what a report of a defect has.
	minifySyntax: true,
	keepNames: true,
	legalComments: 'none',
	// What dependencies in CommonJS find around them.
	banner: {
		js: [
			"import { createRequire as flowferryRequire } from 'node:module';",
			'const require = flowferryRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;',
		].join(' '),
	},
	logLevel: 'warning',
});
