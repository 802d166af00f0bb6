import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import { explainHistory } from '../../src/lib/cutover/history.ts';
import { findProcessesIn } from '../support/processes.ts';
import { askVersion } from '../support/project.ts';
import type { CrashBed, Killed, Version } from './bed.ts';
import type { Cell, Outcome } from './cells.ts';
import { mayFailRequests } from './cells.ts';

/** A Node-RED that was killed is started again by its runner within this; what needs longer needs somebody. */
const HEALS_MS = 4000;
const ASK_EVERY_MS = 50;
/** Longer than any hold: who waits is no failure. */
const PATIENCE_MS = 90_000;

/** Kills somebody in a promotion, has `flowferry resume` end what was left, and looks at everything. */
export async function playCell(bed: CrashBed, cell: Cell): Promise<Outcome> {
	const began = performance.now();
	const faults: string[] = [];
	const old = await bed.serving();
	const traffic = startRequests(bed);
	let killed: Killed | null = null;
	let after: Outcome['after'] = 'itself';
	try {
		killed = await bed.killDuringPromotion(cell, () => resume(bed, faults));
		after = await heal(bed, faults);
	} catch (error) {
		faults.push(`${error}`);
	}
	const requests = await traffic.stop();
	if (requests.failed > 0 && !mayFailRequests(cell)) faults.push(`${requests.failed} of ${requests.made} requests failed`);
	const serves = await bed.serving();
	if (killed) faults.push(...(await judge(bed, cell, killed, serves)));
	return { ...cell, serves: serves === old ? 'old' : 'new', after, requests, faults, ms: Math.round(performance.now() - began) };
}

/** From another process, as an operator would. */
async function heal(bed: CrashBed, faults: string[]): Promise<Outcome['after']> {
	const acted = await resume(bed, faults);
	if (await servesWithin(bed, HEALS_MS)) return acted ? 'resume' : 'itself';
	const up = await bed.project.cli('up', '--json');
	if (up.status !== 0) faults.push(`up ended with ${up.status}: ${up.stdout}${up.stderr}`);
	return 'up';
}

/** @returns whether there was something to end */
async function resume({ project }: CrashBed, faults: string[]): Promise<boolean> {
	const { status, stdout, stderr, json } = await project.cli('resume', '--json');
	if (status === 0) return json().outcome !== 'nothing-to-do';
	faults.push(`resume ended with ${status}: ${stdout}${stderr}`);
	return false;
}

async function servesWithin(bed: CrashBed, ms: number): Promise<boolean> {
	for (const end = performance.now() + ms; ; await sleep(100)) {
		const status = await bed.status();
		if (status.health.state === 'serving') return true;
		// What has no runner is started again by nobody.
		const isLost = !status.gateway || status.slots.some(({ instances }) => instances.some((instance) => instance.status === null));
		if (isLost || performance.now() > end) return false;
	}
}

async function judge(bed: CrashBed, cell: Cell, { version, exit }: Killed, serves: Version): Promise<string[]> {
	const status = await bed.status();
	return [
		...judgeStatus(status),
		...(await judgeJournal(bed, cell, exit, serves === version)),
		...(await judgeService(bed, serves)),
		...(await judgeLeftovers(bed, status)),
	];
}

function judgeStatus({ health, slots, leases, promotion }: EnvironmentStatus): string[] {
	const faults: string[] = [];
	if (health.state !== 'serving') faults.push(`the status is ${JSON.stringify(health)}`);
	if (promotion) faults.push(`promotion ${promotion.id} is unfinished`);
	const holders = slots.flatMap(({ instances }) => instances.filter((instance) => instance.status?.lease)).map(({ name }) => name);
	if (holders.length !== 1) faults.push(`${holders.length} instances hold a lease: ${holders.join(', ')}`);
	const seats = leases.filter(({ seat }) => seat === 'active');
	if (seats.length !== 1) faults.push(`${seats.length} leases of the seat`);
	return faults;
}

/** The latest promotion has ended as the exit status said and as what serves shows, and each of its acts is accounted for. */
async function judgeJournal({ target }: CrashBed, { victim, step }: Cell, exit: number | null, newServes: boolean): Promise<string[]> {
	const [latest] = await explainHistory(target.journal, 1);
	if (!latest) return ['the journal is empty'];
	const faults: string[] = [];
	const kind = newServes ? 'baking' : 'rolled back';
	if (latest.state.kind !== kind) faults.push(`the journal says ${latest.state.kind}, but it is ${kind}`);
	const gone = victim === 'command' || victim === 'frozen command';
	// Where nothing was left to do but to write the end, both are right.
	const isRight = exit === 5 || (exit === 0 && newServes && step === 'release');
	if (victim === 'frozen command' && !isRight) faults.push(`the command that had been frozen ended with ${exit}, not 5`);
	if (exit !== null && exit !== 5 && (exit === 0) !== newServes)
		faults.push(`exit status ${exit}, but the ${newServes ? 'new' : 'old'} release serves`);
	const open = latest.acts.filter(({ outcome }) => outcome === 'under way');
	if (open.length > 0) faults.push(`the journal leaves open: ${open.map(({ act }) => act).join(', ')}`);
	const interrupted = latest.acts.filter(({ outcome }) => outcome === 'interrupted').map(({ act }) => act);
	const expected = gone ? [step] : [];
	if (interrupted.join() !== expected.join()) faults.push(`the journal has as interrupted: ${interrupted.join(', ') || 'nothing'}`);
	if (!newServes && !gone && latest.acts.every(({ outcome }) => outcome === 'done')) faults.push('the journal does not say what failed');
	return faults;
}

/** Requests and messages are answered by the release that serves, and by it alone. */
async function judgeService(bed: CrashBed, serves: Version): Promise<string[]> {
	const answer = await askVersion(bed.project).catch((error) => `${error}`);
	const messages = await bed.sendMessage(8000);
	const isRight =
		messages.length > 0 && new Set(messages).size === messages.length && messages.every((text) => text.startsWith(`${serves} `));
	return [
		...(answer === serves ? [] : [`production answers '${answer}', not '${serves}'`]),
		...(isRight ? [] : [`messages came out as [${messages.join(', ')}]`]),
	];
}

/** Nothing runs but the gateway, and a runner with its Node-RED for each slot that is filled; nothing else is on disk. */
async function judgeLeftovers({ project, environment }: CrashBed, { slots, gateway }: EnvironmentStatus): Promise<string[]> {
	const known = new Set([process.pid, (gateway as unknown as { pid: number } | null)?.pid]);
	for (const { status } of slots.flatMap(({ instances }) => instances)) known.add(status?.pid).add(status?.childPid ?? undefined);
	const strangers = (await findProcessesIn(project.folder)).filter((line) => !known.has(Number.parseInt(line, 10)));
	const filled = slots.filter(({ release }) => release).map(({ slot }) => slot);
	const folders = (await readdir(join(environment.directory, 'slots'))).sort();
	const unfinished = (await readdir(join(environment.directory, 'palettes'))).filter((name) => name.endsWith('.unfinished'));
	return [
		...strangers.map((line) => `still runs: ${line}`),
		...(folders.join() === filled.join() ? [] : [`the slots' folders are [${folders}], the journal's [${filled}]`]),
		...unfinished.map((name) => `is left: ${name}`),
	];
}

/** Asks all the time, as users do. */
function startRequests({ project }: CrashBed) {
	let made = 0;
	let failed = 0;
	const answers: Promise<unknown>[] = [];
	const timer = setInterval(() => {
		made++;
		answers.push(askVersion(project, PATIENCE_MS).catch(() => failed++));
	}, ASK_EVERY_MS);
	return {
		stop: async () => {
			clearInterval(timer);
			await Promise.all(answers);
			return { made, failed };
		},
	};
}
