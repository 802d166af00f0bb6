/** `npm run demo`: the whole way from a dev Node-RED to a production that changes under traffic. See `--help`. */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { Cleanup } from './cleanup.ts';
import type { DemoResult } from './contract.ts';
import { renderCosts } from './cost-table.ts';
import { watchInterruptions } from './interruption.ts';
import { findProblems, selectMeasured } from './judge.ts';
import { createNarrator } from './narrator.ts';
import { tellStory } from './story.ts';

const help = `Carries two versions of a factory's flows to production and one back, under traffic, and says what it cost.

  --json              one JSON object on the last line of standard output
  --messages <n>      MQTT messages a second (default 100)
  --requests <n>      HTTP requests a second (default 50)
  --steady <seconds>  traffic before, between and after the changes (default 3)

Exit status 0: nothing was lost, nothing failed, and one release is active at the end.
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		messages: { type: 'string', default: '100' },
		requests: { type: 'string', default: '50' },
		steady: { type: 'string', default: '3' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const { json } = values;
	const narrator = createNarrator(json ? process.stderr : process.stdout);
	const stop = new AbortController();
	const interruption = watchInterruptions(() => {
		narrator.line('Interrupted: cleaning up …');
		stop.abort();
	});
	const cleanup = new Cleanup();
	let result: DemoResult;
	try {
		const story = await tellStory({
			narrator,
			json,
			steadyMs: readNumber('steady') * 1000,
			messagesPerSecond: readNumber('messages'),
			requestsPerSecond: readNumber('requests'),
			cleanup,
			signal: stop.signal,
		});
		narrator.chapter('What it cost those who use production');
		for (const line of renderCosts(story)) narrator.line(line);
		result = { outcome: 'promoted', ...selectMeasured(story), problems: findProblems(story) };
	} catch (error) {
		const { signal, crash } = interruption;
		if (signal) result = { outcome: 'interrupted', problems: [`stopped by ${signal}`] };
		else result = { outcome: 'failed', problems: [(crash ?? (error as Error)).message] };
	}
	narrator.chapter('Cleaning up');
	const left = await cleanup.run();
	result.problems.push(...left);
	for (const problem of result.problems) narrator.line(`! ${problem}`);
	if (left.length === 0) narrator.line('Nothing is left.');
	if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
	if (result.problems.length === 0) return 0;
	return interruption.signal ? 128 + constants.signals[interruption.signal] : 1;
}

function readNumber(name: 'messages' | 'requests' | 'steady'): number {
	const number = Number(values[name]);
	if (!Number.isFinite(number) || number <= 0) throw new Error(`--${name} must be a number above 0, not '${values[name]}'`);
	return number;
}
