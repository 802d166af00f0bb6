/** `npm run bench:cutover`: what a cutover costs beside stopping one Node-RED and starting another. See `--help`. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cleanup } from '../demo/cleanup.ts';
import { watchInterruptions } from '../demo/interruption.ts';
import { findMosquitto, startMosquitto } from '../test/support/mosquitto.ts';
import { type Comparison, type Measured, measureScenario } from './cutover/measure.ts';
import { renderResult } from './cutover/render.ts';
import { type Scenario, scenarios } from './cutover/scenarios.ts';
import { type CutoverResult, summarizeScenario } from './cutover/summary.ts';
import type { Place } from './place/place.ts';
import { inPlace, type PlaceName, placeNames } from './place/places.ts';

const help = `Cuts flows over under load, by flowferry and as it is done without it, in turn, and counts what is lost, doubled, and how long
nothing comes out. Without it: of processes, one Node-RED is stopped and another started; on Docker, a container gets the new flows and
is restarted.

  --target <name>    where: ${placeNames.join(', ')} (default process); docker is this machine's own engine
  --json             one JSON object on standard output; its shape is in docs/benchmarks.md
  --runs <n>         cutovers a scenario, each way (default 10)
  --scenario <name>  only this one; may be repeated: ${scenarios.map(({ name }) => name).join(', ')}
  --rate <n>         MQTT messages a second (default 500)
  --requests <n>     HTTP requests a second (default 300)
  --calm <seconds>   before each cutover, waits at most so long until the machine is mostly idle (default 0)
  --check            exit status 1 where an aim is missed: for a calm machine, no gate for CI

It needs Mosquitto, with --target docker HAProxy and the image nodered/node-red:5 too, and measures what npm run build made. Exit
status 1 also where a scenario could not be measured.
`;

const { values } = parseArgs({
	options: {
		target: { type: 'string', default: 'process' },
		json: { type: 'boolean', default: false },
		runs: { type: 'string', default: '10' },
		scenario: { type: 'string', multiple: true, default: scenarios.map(({ name }) => name) },
		rate: { type: 'string', default: '500' },
		requests: { type: 'string', default: '300' },
		calm: { type: 'string', default: '0' },
		check: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const target = values.target as PlaceName;
	const [runs, messagesPerSecond, requestsPerSecond] = [values.runs, values.rate, values.requests].map(Number) as [number, number, number];
	const calmMs = Number(values.calm) * 1000;
	const chosen = scenarios.filter(({ name }) => values.scenario.includes(name));
	const fault = findFault([runs, messagesPerSecond, requestsPerSecond]);
	if (fault) {
		process.stderr.write(`${fault}\n`);
		return 2;
	}
	const stop = new AbortController();
	const interruption = watchInterruptions(() => stop.abort());
	const result: CutoverResult = { target, runs, scenarios: [], failed: [] };
	await inPlace(target, async (place) => {
		for (const scenario of chosen) {
			try {
				const measured = await measure(scenario, { place, runs, calmMs, messagesPerSecond, requestsPerSecond, signal: stop.signal });
				result.scenarios.push(summarizeScenario(scenario, measured));
			} catch (error) {
				if (stop.signal.aborted) return;
				process.stderr.write(`! ${scenario.name}: ${(error as Error).message}\n`);
				result.failed.push({ name: scenario.name, error: (error as Error).message });
			}
		}
	});
	if (interruption.crash) throw interruption.crash;
	if (interruption.signal) return 128 + constants.signals[interruption.signal];
	process.stdout.write(`${values.json ? JSON.stringify(result) : renderResult(result).join('\n')}\n`);
	const missed = result.scenarios.some(({ missedAims }) => missedAims.length > 0);
	return result.failed.length > 0 || (values.check && missed) ? 1 : 0;
}

interface Load {
	place: Place;
	runs: number;
	calmMs: number;
	messagesPerSecond: number;
	requestsPerSecond: number;
	signal: AbortSignal;
}

/** With a broker of its own, and nothing left behind. */
async function measure(scenario: Scenario, load: Load): Promise<Comparison> {
	const cleanup = new Cleanup();
	try {
		// It would drop what a session has not taken beyond 1,000 messages, which is 2 s of these.
		const broker = await startMosquitto({ host: load.place.brokerHost, more: ['max_queued_messages 0'] });
		cleanup.later('stop the broker', broker.stop);
		const onCutover = (way: string, run: number, measured: Measured) => {
			process.stderr.write(`${scenario.name}  ${run + 1}/${load.runs}  ${way.padEnd(9)}  ${describe(measured)}\n`);
		};
		return await measureScenario({ scenario, ...load, brokerUrl: broker.url, broker, cleanup, onCutover });
	} finally {
		for (const failure of await cleanup.run()) process.stderr.write(`! ${failure}\n`);
	}
}

function describe({ mqtt, http, rate, stallMs, gapMs }: Measured): string {
	const messages = `${mqtt.published} messages (${rate}/s): ${mqtt.lost} lost, ${mqtt.duplicated} doubled, ${mqtt.longestSilenceMs} ms silent`;
	const requests = `${http.requests} requests: ${http.failed} failed, ${http.slowestMs} ms slowest`;
	return `${messages}; ${requests}; gap ${gapMs} ms, meter stalled ${stallMs} ms`;
}

/** Why it cannot be measured as asked, if it cannot. */
function findFault(numbers: number[]): string | undefined {
	if (!(placeNames as string[]).includes(values.target)) return `--target takes one of ${placeNames.join(', ')}.`;
	const unknown = values.scenario.find((wanted) => !scenarios.some(({ name }) => name === wanted));
	if (unknown !== undefined) return `There is no scenario '${unknown}'; there are: ${scenarios.map(({ name }) => name).join(', ')}.`;
	if (!numbers.every((number) => Number.isInteger(number) && number > 0))
		return '--runs, --rate and --requests take whole numbers above 0.';
	if (!(Number(values.calm) >= 0)) return '--calm takes seconds.';
	if (!findMosquitto()) return 'Mosquitto is not installed: on Debian, apt-get install mosquitto.';
	const built = existsSync(fileURLToPath(new URL('../dist/commands/promote.js', import.meta.url)));
	return built ? undefined : 'There is no dist/commands/promote.js. Run npm run build first.';
}
