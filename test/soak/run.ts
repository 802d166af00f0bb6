/** `npm run test:soak`: faults at random on a hot spare of three, and a witness. See `--help`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../../bench/flows/random.ts';
import { monotonicMs } from '../../src/agent/time.ts';
import { INSTANCES, SoakBed } from './bed.ts';
import type { Fault, FaultKind } from './faults.ts';
import { planBurst } from './faults.ts';
import { judge } from './judge.ts';
import { type Outcome, renderOutcome } from './outcome.ts';

const help = `Lets faults loose on a hot spare of three real Node-REDs: crashes, hangs, freezes, killed runners, a locked state, a broker that
goes away; one to four at a time, overlapping. Everything that a flow handles is written down; never may two instances handle
messages, nor a fencing token go down, and after each burst somebody must handle messages again. Needs Mosquitto.

  --minutes <n>   in which bursts begin (default 1); the last one is waited for
  --seed <n>      of the faults (default: by the clock); the same seed plans the same faults
  --json          one line: {"ok","seed","minutes","bursts","faults":{kind: N},"handled","seen","tenures","doubleActiveMs",
                  "settledMs":{"median","max"},"violations":[…]}

Exit status 0: nothing was violated. Build first: npm run build.
`;

/** After the last fault of a burst: a Node-RED that crashed again and again is started ever later, up to ten seconds, and then boots. */
const SETTLE_LIMIT_MS = 45_000;
const CALM_MS = [200, 2000] as const;

const { values } = parseArgs({
	options: {
		minutes: { type: 'string', default: '1' },
		seed: { type: 'string' },
		json: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const minutes = Number(values.minutes);
	const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
	if (!(minutes > 0) || !Number.isInteger(seed)) {
		process.stderr.write('--minutes takes a number above 0, --seed a whole one; see --help\n');
		return 2;
	}
	process.stderr.write(`seed ${seed}\n`);
	const bed = await SoakBed.open();
	const outcome = await soak(bed, minutes, seed).finally(async () => {
		for (const fault of await bed.close()) process.stderr.write(`${fault}\n`);
	});
	if (!values.json) process.stdout.write(`${renderOutcome(outcome).join('\n')}\n`);
	process.stdout.write(`${JSON.stringify(outcome)}\n`);
	return outcome.ok ? 0 : 1;
}

async function soak(bed: SoakBed, minutes: number, seed: number): Promise<Outcome> {
	const random = createRandom(seed);
	const faults: Partial<Record<FaultKind, number>> = {};
	const settledMs: number[] = [];
	const violations: string[] = [];
	// What was begun is ended, and everything that runs with it.
	let stopped = false;
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true));
	for (const end = performance.now() + minutes * 60_000; !stopped && violations.length === 0 && performance.now() < end; ) {
		const burst = planBurst(random, INSTANCES);
		const calmMs = random.integer(...CALM_MS);
		process.stderr.write(`${burst.map(describe).join(', ')}`);
		for (const { kind } of burst) faults[kind] = (faults[kind] ?? 0) + 1;
		const ends = await Promise.allSettled(burst.map((fault) => sleep(fault.afterMs).then(() => bed.suffer(fault))));
		for (const each of ends) if (each.status === 'rejected') violations.push(String(each.reason));
		const settled = await untilHandled(bed);
		process.stderr.write(` → ${settled === null ? 'nobody' : `${settled} ms`}\n`);
		if (settled === null) violations.push(await nobody(bed));
		else settledMs.push(settled);
		await sleep(calmMs);
	}
	const handled = await bed.witness.handled();
	const verdict = judge(handled, bed.witness.grants);
	violations.push(...verdict.faults);
	settledMs.sort((a, b) => a - b);
	return {
		ok: violations.length === 0,
		seed,
		minutes,
		bursts: settledMs.length,
		faults,
		handled: handled.length,
		seen: bed.witness.seen,
		tenures: verdict.tenures,
		doubleActiveMs: verdict.doubleActiveMs,
		settledMs: { median: settledMs[Math.floor(settledMs.length / 2)] ?? null, max: settledMs.at(-1) ?? null },
		violations,
	};
}

/** From now until a message is handled that comes out at the broker, in milliseconds; null where none does in time. */
async function untilHandled({ witness }: SoakBed): Promise<number | null> {
	const now = monotonicMs();
	while (monotonicMs() < now + SETTLE_LIMIT_MS) {
		const first = witness.firstAfter(now);
		if (first !== null) return Math.round(first - now);
		await sleep(20);
	}
	return null;
}

async function nobody(bed: SoakBed): Promise<string> {
	const logs = await Promise.all(Array.from({ length: INSTANCES }, (_, index) => bed.lastLines(index)));
	const { slots } = await bed.project.status();
	const agents = slots.flatMap(({ instances }) => instances).map(({ status }) => `${status?.instance} ${JSON.stringify(status?.agent)}`);
	return [`nobody handled anything for ${SETTLE_LIMIT_MS} ms`, ...agents, ...logs].join('\n--\n');
}

function describe({ kind, victim, afterMs, forMs }: Fault): string {
	const whom = kind === 'store locked' || kind === 'broker away' || kind === 'loop' ? '' : ` ${victim}`;
	return `${kind}${whom} ${afterMs}+${forMs}`;
}
