/** `npm run bench:lint`: how long the lint takes beside nrlint, as whole processes on the same generated files. See `--help`. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Comparison, compare } from './speed/compare.ts';
import { renderComparisons, summarize } from './speed/render.ts';

const help = `Lints generated flow files with flowferry, nrlint, and nrlint without its ESLint rule, in turn, and prints medians and spread.

  --json               {"nodes":[…],"flowferryMs":[…],"nrlintMs":[…],"nrlintWithoutEslintMs":[…],"flowferryRssMB":[…]}
  --nodes <list>       sizes (default 1000,10000,100000)
  --rounds <n>         for each size (default 5)
  --timeout <seconds>  after which a run is given up, and with it its contestant at that size (default 300)

It measures what npm run build made. nrlint is installed from npm on the first run, into node_modules/.cache.
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		nodes: { type: 'string', default: '1000,10000,100000' },
		rounds: { type: 'string', default: '5' },
		timeout: { type: 'string', default: '300' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const sizes = values.nodes.split(',').map(Number);
	const rounds = Number(values.rounds);
	const timeoutMs = Number(values.timeout) * 1000;
	if (![...sizes, rounds, timeoutMs].every((number) => Number.isInteger(number) && number > 0)) {
		process.stderr.write(`--nodes, --rounds and --timeout take whole numbers above 0.\n`);
		return 2;
	}
	if (!existsSync(fileURLToPath(new URL('../dist/commands/lint.js', import.meta.url)))) {
		process.stderr.write('There is no dist/commands/lint.js. Run npm run build first.\n');
		return 2;
	}
	const folder = mkdtempSync(join(tmpdir(), 'flowferry-bench-'));
	try {
		const comparisons: Comparison[] = [];
		const onRound = (nodes: number, round: number): void => void process.stderr.write(`${nodes} nodes, round ${round + 1} of ${rounds}\n`);
		for (const nodes of sizes) comparisons.push(await compare(nodes, { folder, rounds, timeoutMs, onRound }));
		const text = values.json ? JSON.stringify(summarize(comparisons)) : renderComparisons(comparisons, timeoutMs).join('\n');
		process.stdout.write(`${text}\n`);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
