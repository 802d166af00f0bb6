/** `npm run bench:store`: what the snapshot store's commands cost as it grows. See `--help`. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { renderTable } from './corpus/render.ts';
import { createMaker } from './store/fill.ts';
import { measureStore, type StoreCost } from './store/measure.ts';

const help = `Fills a store with snapshots and runs flowferry's commands on it as whole processes, in turn with what git takes by itself.

  --json           [{"snapshots","nodes","operation","cost":{"median","min","max"}}], in milliseconds
  --stores <list>  snapshots x nodes in each (default 10x30,10000x30,1000x500)
  --rounds <n>     default 5
  --folder <path>  where the stores are made and removed again (default: this folder)

It measures what npm run build made.
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		stores: { type: 'string', default: '10x30,10000x30,1000x500' },
		rounds: { type: 'string', default: '5' },
		folder: { type: 'string', default: '.' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const stores = values.stores.split(',').map((store) => store.split('x').map(Number));
	const rounds = Number(values.rounds);
	if (![rounds, ...stores.flat()].every((number) => Number.isInteger(number) && number > 0) || stores.some(({ length }) => length !== 2)) {
		process.stderr.write('--stores takes pairs such as 10000x30, --rounds a whole number above 0.\n');
		return 2;
	}
	if (!existsSync(fileURLToPath(new URL('../dist/commands/snapshot/list.js', import.meta.url)))) {
		process.stderr.write('There is no dist/commands/snapshot/list.js. Run npm run build first.\n');
		return 2;
	}
	const folder = mkdtempSync(join(resolve(values.folder), 'flowferry-bench-'));
	try {
		const costs: StoreCost[] = [];
		for (const [snapshots, nodes] of stores as [number, number][]) {
			process.stderr.write(`${snapshots} snapshots of ${nodes} nodes\n`);
			costs.push(...(await measureStore(folder, snapshots, nodes, createMaker(nodes), rounds)));
		}
		const rows = costs.map(({ snapshots, nodes, operation, cost: { median, min, max } }) => [
			`${snapshots} x ${nodes} nodes`,
			operation,
			`${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`,
		]);
		process.stdout.write(
			`${values.json ? JSON.stringify(costs) : renderTable([['store', 'operation', 'median, ms'], ...rows]).join('\n')}\n`,
		);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
