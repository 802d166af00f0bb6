/** `npm run bench:failover`: how fast a spare takes over, and what that costs. See `--help`. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cleanup } from '../demo/cleanup.ts';
import { watchInterruptions } from '../demo/interruption.ts';
import { findMosquitto, startMosquitto } from '../test/support/mosquitto.ts';
import { untilCalm } from './cutover/calm.ts';
import type { Bed } from './failover/bed.ts';
import type { BedSetting } from './failover/bed-setting.ts';
import { makeFlowferryBed } from './failover/flowferry-bed.ts';
import { drilled, type FlowferrySession, type Kind, kinds, type Session } from './failover/kinds.ts';
import { type Measured, measureFault } from './failover/measure.ts';
import { openRecord, type Record } from './failover/record.ts';
import { renderResult } from './failover/render.ts';
import { type FailoverResult, summarizeDrill, summarizeRestarts } from './failover/summary.ts';
import type { Place } from './place/place.ts';
import { inPlace, type PlaceName, placeNames } from './place/places.ts';

const help = `Has the active instance fail under load, again and again, and measures how fast its spare takes over, what is lost and
doubled, and for how long two instances handle messages.

  --target <name>   where: ${placeNames.join(', ')} (default process); docker is this machine's own engine, for root on Linux
  --json            one JSON object on standard output; its shape is in docs/benchmarks.md
  --runs <n>        faults of each kind, with each kind of session (default 30)
  --kinds <list>    of ${kinds.join(',')} (default: all)
  --sessions <list> of ${drilled.join(',')} (default: both)
  --no-plain        leaves out the crashes with nobody standing by: of an instance without a spare, and (on Docker) of a container
                    without flowferry, which its restart policy starts again
  --rate <n>        MQTT messages a second (default 200)
  --record <file>   writes each run down as a line, and does not repeat the runs that are in it
  --calm <seconds>  before each fault, waits at most so long until the machine is mostly idle (default 0)
  --check           exit status 1 where an aim is missed: for a calm machine, no gate for CI

It needs Mosquitto, with --target docker HAProxy and the image nodered/node-red:5 too, and measures what npm run build made. Exit
status 1 also where something could not be measured.
`;

const { values } = parseArgs({
	options: {
		target: { type: 'string', default: 'process' },
		json: { type: 'boolean', default: false },
		runs: { type: 'string', default: '30' },
		kinds: { type: 'string', default: kinds.join(',') },
		sessions: { type: 'string', default: drilled.join(',') },
		plain: { type: 'boolean', default: true },
		rate: { type: 'string', default: '200' },
		record: { type: 'string' },
		calm: { type: 'string', default: '0' },
		check: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
	allowNegative: true,
});
/** Faults of one kind that could not be measured; then the next kind's turn comes. */
const BEARABLE = 3;
const chosenKinds = values.kinds.split(',') as Kind[];
const chosenSessions = values.sessions.split(',') as FlowferrySession[];
const target = values.target as PlaceName;
const [runs, perSecond] = [values.runs, values.rate].map(Number) as [number, number];
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const fault = findFault();
	if (fault) {
		process.stderr.write(`${fault}\n`);
		return 2;
	}
	const stop = new AbortController();
	const interruption = watchInterruptions(() => stop.abort());
	const record = await openRecord(values.record ?? null);
	const result: FailoverResult = { target, drills: [], takeoverWithoutSpareMs: null, plainRestartMs: null, failed: [] };
	await inPlace(target, async (place) => {
		const work = { place, record, failed: result.failed, signal: stop.signal };
		const flowferry = (session: FlowferrySession) => async (setting: BedSetting) =>
			await makeFlowferryBed(session, await place.newProduction(), setting);
		for (const session of chosenSessions) {
			const runsOf = await drill(session, chosenKinds, flowferry(session), work);
			for (const kind of chosenKinds) if (runsOf(kind).length > 0) result.drills.push(summarizeDrill(kind, session, runsOf(kind)));
		}
		if (!values.plain) return;
		if (place.makePlainBed !== null) {
			const plain = await drill('plain', ['crash'], place.makePlainBed, work);
			result.plainRestartMs = summarizeRestarts(plain('crash'));
		}
		const alone = await drill('persistent-without-spare', ['crash'], flowferry('persistent-without-spare'), work);
		result.takeoverWithoutSpareMs = summarizeRestarts(alone('crash'));
	});
	if (interruption.crash) throw interruption.crash;
	if (interruption.signal) return 128 + constants.signals[interruption.signal];
	process.stdout.write(`${values.json ? JSON.stringify(result) : renderResult(result).join('\n')}\n`);
	const missed = result.drills.some(({ missedAims }) => missedAims.length > 0);
	return result.failed.length > 0 || (values.check && missed) ? 1 : 0;
}

interface Work {
	place: Place;
	record: Record;
	failed: FailoverResult['failed'];
	signal: AbortSignal;
}

/**
 * All faults with one kind of session, in a bed and with a broker of their own; nothing is left behind.
 * @returns what was measured of a kind
 */
async function drill(
	session: Session,
	of: readonly Kind[],
	makeBed: (setting: BedSetting) => Promise<Bed>,
	{ place, record, failed, signal }: Work,
): Promise<(kind: Kind) => readonly Measured[]> {
	const recorded = (kind: Kind) =>
		record.runs.filter((run) => run.target === target && run.kind === kind && run.session === session).slice(0, runs);
	const cleanup = new Cleanup();
	let setting: { bed: Bed; brokerUrl: string } | null = null;
	const ready = async () => {
		if (setting) return setting;
		// It would drop what a session has not taken beyond 1,000 messages.
		const broker = await startMosquitto({ host: place.brokerHost, more: ['max_queued_messages 0'] });
		cleanup.later('stop the broker', broker.stop);
		setting = { bed: await makeBed({ broker, cleanup, signal }), brokerUrl: broker.url };
		return setting;
	};
	try {
		for (const kind of of) {
			for (let attempt = 1, failures = 0; recorded(kind).length < runs && failures < BEARABLE; attempt++) {
				try {
					const { bed, brokerUrl } = await ready();
					await untilCalm(Number(values.calm) * 1000, signal);
					const measured = await measureFault(kind, bed, { target, brokerUrl, perSecond, run: `${kind}-${attempt}`, signal });
					await record.add(measured);
					process.stderr.write(`${session}  ${kind}  ${recorded(kind).length}/${runs}  ${describe(measured)}\n`);
				} catch (error) {
					if (signal.aborted) return recorded;
					failures++;
					process.stderr.write(`! ${session}, ${kind}: ${(error as Error).message}\n`);
					failed.push({ kind, session, error: (error as Error).message });
				}
			}
		}
		return recorded;
	} finally {
		for (const failure of await cleanup.run()) process.stderr.write(`! ${failure}\n`);
	}
}

function describe({ detectMs, serveMs, servedBy, published, lost, duplicated, doubleActiveMs }: Measured): string {
	const detected = detectMs === null ? 'nobody seen to detect it' : `detected after ${detectMs} ms`;
	return `${detected}, first message after ${serveMs} ms by ${servedBy === 'spare' ? 'the spare' : 'itself'}; ${published} messages: ${lost} lost, ${duplicated} doubled; ${doubleActiveMs} ms double`;
}

/** Why it cannot be measured as asked, if it cannot. */
function findFault(): string | undefined {
	if (!(placeNames as string[]).includes(values.target)) return `--target takes one of ${placeNames.join(', ')}.`;
	const stranger = chosenKinds.find((kind) => !kinds.includes(kind)) ?? chosenSessions.find((session) => !drilled.includes(session));
	if (stranger !== undefined) return `'${stranger}' is none of ${[...kinds, ...drilled].join(', ')}.`;
	if (![runs, perSecond].every((number) => Number.isInteger(number) && number > 0)) return '--runs and --rate take whole numbers above 0.';
	if (!(Number(values.calm) >= 0)) return '--calm takes seconds.';
	if (!findMosquitto()) return 'Mosquitto is not installed: on Debian, apt-get install mosquitto.';
	const built = existsSync(fileURLToPath(new URL('../dist/commands/promote.js', import.meta.url)));
	return built ? undefined : 'There is no dist/commands/promote.js. Run npm run build first.';
}
