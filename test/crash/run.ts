/** `npm run test:crash`: who is killed × at which step × what must hold afterwards. See `--help`. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CrashBed } from './bed.ts';
import type { Outcome } from './cells.ts';
import { nameOf, selectCells } from './cells.ts';
import { playCell } from './play-cell.ts';
import { renderFaults, renderPage, renderTable } from './table.ts';

const help = `Kills everybody at every step of a promotion, with real processes, and looks whether all ends well. Needs Mosquitto.

  --only <cells>     begin of cells' names, by comma: gateway, command:hand over, broker:drain:acted; default: all 158
  --strategy <name>  of the promotions (default exclusive)
  --lanes <n>        productions side by side (default 2)
  --from <file>      an earlier run's --json: what passed there is taken over, not played again
  --json             {"passed":N,"failed":N,"strategy":…,"cells":[{"victim","step","moment","serves","after","requests","faults","ms"}]}

A run of all cells writes docs/crash-matrix.md. Build first: npm run build.
`;

const { values } = parseArgs({
	options: {
		only: { type: 'string', default: '' },
		strategy: { type: 'string', default: 'exclusive' },
		from: { type: 'string' },
		lanes: { type: 'string', default: '2' },
		json: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const cells = selectCells(values.only.split(',').filter((prefix) => prefix !== ''));
	const lanes = Number(values.lanes);
	if (cells.length === 0 || !Number.isInteger(lanes) || lanes < 1) {
		process.stderr.write('--only names no cell, or --lanes is no number above 0; see --help\n');
		return 2;
	}
	const outcomes: Outcome[] = values.from ? await readPassed(values.from) : [];
	const passed = new Set(outcomes.map(nameOf));
	const queue = cells.filter((cell) => !passed.has(nameOf(cell)));
	// What was begun is ended, and everything that runs with it.
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => queue.splice(0));
	const work = async () => {
		const bed = await CrashBed.open(values.strategy);
		try {
			for (let cell = queue.shift(); cell; cell = queue.shift()) {
				const outcome = await playCell(bed, cell);
				outcomes.push(outcome);
				const verdict = outcome.faults.length > 0 ? `FAILED ${outcome.faults.join('; ')}` : `${outcome.serves}, after ${outcome.after}`;
				process.stderr.write(`${outcomes.length}/${cells.length} ${nameOf(cell)}: ${verdict} (${outcome.ms} ms)\n`);
			}
		} finally {
			await bed.close();
		}
	};
	const ends = await Promise.allSettled(Array.from({ length: Math.min(lanes, queue.length) }, work));
	const broken = ends.find((end) => end.status === 'rejected');
	if (broken) throw broken.reason;

	const failed = outcomes.filter(({ faults }) => faults.length > 0).length;
	if (values.only === '' && outcomes.length === cells.length) {
		const page = new URL(`../../docs/crash-matrix${values.strategy === 'exclusive' ? '' : `-${values.strategy}`}.md`, import.meta.url);
		await writeFile(page, renderPage(outcomes, values.strategy));
	}
	const count = { passed: outcomes.length - failed, failed };
	const summary = `${count.passed} passed, ${failed} failed`;
	if (values.json) process.stdout.write(`${JSON.stringify({ ...count, strategy: values.strategy, cells: outcomes })}\n`);
	else process.stdout.write(`${[renderTable(outcomes), ...renderFaults(outcomes), summary].join('\n')}\n`);
	return failed === 0 ? 0 : 1;
}

async function readPassed(file: string): Promise<Outcome[]> {
	const { cells, strategy } = JSON.parse(await readFile(file, 'utf8')) as { cells: Outcome[]; strategy: string };
	if (strategy !== values.strategy) throw new Error(`${file} is about the strategy ${strategy}`);
	return cells.filter(({ faults }) => faults.length === 0);
}
