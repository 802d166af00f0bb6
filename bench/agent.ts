/** `npm run bench:agent`: what the agent's hooks cost a busy flow. See `--help`. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Throughput } from './agent/measure.ts';
import { measureThroughput } from './agent/measure.ts';
import { type Pair, pairWindows, renderCost, summarizeCost } from './agent/render.ts';

const help = `Passes messages through a ring of function nodes as fast as Node-RED can, and compares its throughput without the agent and
with it: Node-REDs in turn; and, in one Node-RED, short windows in turn, for which the agent's hooks are taken off and put back,
so that whatever else the machine does hits both alike. Medians, least and most.

  --json          {"nodes","processes":{"pairs","perSecond":{"without","with"},"ratio":{"median","min","max"},"cpuRatio"},"hooks":{…},"lease":{…},"costPercent","leasePercent"}
  --pairs <n>     of Node-REDs (default 10); as many again for the windows of each kind, 60 pairs of them in each
  --nodes <n>     function nodes in the ring (default 10)
  --laps <n>      measured in each Node-RED, of one message once round the ring, after a warm-up (default 6000)

It measures what npm run build made.
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		pairs: { type: 'string', default: '10' },
		nodes: { type: 'string', default: '10' },
		laps: { type: 'string', default: '6000' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const [pairs, nodes, laps] = [values.pairs, values.nodes, values.laps].map(Number) as [number, number, number];
	if (![pairs, nodes, laps].every((number) => Number.isInteger(number) && number > 0)) {
		process.stderr.write('--pairs, --nodes and --laps take whole numbers above 0.\n');
		return 2;
	}
	if (!existsSync(fileURLToPath(new URL('../dist/agent/plugin.js', import.meta.url)))) {
		process.stderr.write('There is no dist/agent/plugin.js. Run npm run build first.\n');
		return 2;
	}
	const folder = mkdtempSync(join(tmpdir(), 'flowferry-bench-'));
	try {
		const processes: Pair[] = [];
		const windows = { hooks: [] as Pair[], lease: [] as Pair[] };
		const warmUpLaps = Math.ceil(laps / 3);
		const whole = { warmUpLaps, windowLaps: laps, windows: 1, alternate: null };
		const measure = async (withAgent: boolean) => (await measureThroughput(folder, nodes, withAgent, whole))[0] as Throughput;
		for (let pair = 0; pair < pairs; pair++) {
			process.stderr.write(`pair ${pair + 1} of ${pairs}\n`);
			// Each goes first as often as the other: what a machine does may depend on what it did before.
			const agentFirst = pair % 2 === 1;
			const [first, second] = [await measure(agentFirst), await measure(!agentFirst)];
			processes.push(agentFirst ? { with: first, without: second } : { without: first, with: second });
			for (const alternate of ['hooks', 'lease'] as const) {
				const alternating = { warmUpLaps, windowLaps: Math.ceil(laps / 40), windows: 120, alternate };
				windows[alternate].push(...pairWindows(await measureThroughput(folder, nodes, true, alternating)));
			}
		}
		const cost = summarizeCost(nodes, { processes, ...windows });
		process.stdout.write(`${values.json ? JSON.stringify(cost) : renderCost(cost).join('\n')}\n`);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
