/** `npm run bench:context`: what a write and a read of context cost. See `--help`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measurePrices } from './context/measure.ts';
import { openStores } from './context/stores.ts';
import { renderTable } from './corpus/render.ts';
import type { Spread } from './speed/statistics.ts';

const help = `Writes and reads context in Node-RED's own stores and in flowferry's, one operation after the other, all stores in turn, round
after round. Medians, least and most.

  --json           [{"store","value","write":{"median","min","max"},"read":{…}}], in microseconds an operation
  --rounds <n>     default 15
  --folder <path>  where the files are made and removed again: on the disk that is to be measured (default: this folder)
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		rounds: { type: 'string', default: '15' },
		folder: { type: 'string', default: '.' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const rounds = Number(values.rounds);
	if (!Number.isInteger(rounds) || rounds < 1) {
		process.stderr.write('--rounds takes a whole number above 0.\n');
		return 2;
	}
	const folder = mkdtempSync(join(resolve(values.folder), 'flowferry-bench-'));
	try {
		const stores = await openStores(folder);
		const prices = await measurePrices(stores, rounds);
		for (const store of stores) await store.close();
		const rows = prices.map(({ value, store, write, read }) => [value, '', store, show(write), show(read)]);
		const table = renderTable([['value', '', 'store', 'write, µs', 'read, µs'], ...rows]);
		process.stdout.write(`${values.json ? JSON.stringify(prices) : table.join('\n')}\n`);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function show({ median, min, max }: Spread): string {
	const digits = (number: number) => number.toFixed(number < 10 ? 1 : 0);
	return `${digits(median)} (${digits(min)}–${digits(max)})`;
}
