/** `npm run bench:gateway`: what a router costs, beside a direct connection to the same backend. See `--help`. */
import { parseArgs } from 'node:util';
import { startContestants } from './gateway/contestants.ts';
import { load } from './gateway/load.ts';
import { type Contest, renderResult, summarize } from './gateway/render.ts';

const help = `Asks one backend at a steady rate: directly, through the gateway, and through HAProxy where it is installed, in turn.

  --json           {"rate":N,"seconds":N,"rounds":N,"contestants":[{"name","perSecond":{"median","min","max"},"p50Ms":{…},"p99Ms":{…},"answered","failed","skipped","cpuMsPerRequest","memoryMB":{"start","end","max"}}]}
  --rate <n>       requests a second (default 1000, at most 5000)
  --seconds <n>    for each round (default 10, at most 120)
  --rounds <n>     for each way (default 5, at most 20)

Everything is on loopback. It measures what npm run build made.
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		rate: { type: 'string', default: '1000' },
		seconds: { type: 'string', default: '10' },
		rounds: { type: 'string', default: '5' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const [rate, seconds, rounds] = [values.rate, values.seconds, values.rounds].map(Number) as [number, number, number];
	const isWithin = (value: number, most: number) => Number.isInteger(value) && value > 0 && value <= most;
	if (!isWithin(rate, 5000) || !isWithin(seconds, 120) || !isWithin(rounds, 20)) {
		process.stderr.write('--rate, --seconds and --rounds take whole numbers within the limits that --help names.\n');
		return 2;
	}
	const { contestants, stop } = await startContestants(process.env.PATH ?? '');
	try {
		const contests = contestants.map(({ name }): Contest => ({ name, rounds: [], usage: [] }));
		for (let round = 0; round <= rounds; round++) {
			for (const [index, { name, url, usage }] of contestants.entries()) {
				const result = await load(url, { perSecond: rate, seconds: round === 0 ? Math.min(seconds, 3) : seconds });
				const contest = contests[index]!;
				const used = await usage();
				if (used) contest.usage.push(used);
				// The first warms up what is compiled while it runs.
				if (round === 0) continue;
				contest.rounds.push(result);
				process.stderr.write(`${name}, round ${round} of ${rounds}: ${Math.round(result.perSecond)} a second, ${result.failed} failed\n`);
			}
		}
		const result = summarize(contests, { rate, seconds });
		process.stdout.write(`${values.json ? JSON.stringify(result) : renderResult(result).join('\n')}\n`);
		return 0;
	} finally {
		await stop();
	}
}
