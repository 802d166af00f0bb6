import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** The part of all processors' time that must be idle. */
const CALM = 0.6;
const LOOK_MS = 1000;

/** Waits until little else runs on this machine, at most `maxMs`: a shared one is calm for seconds at a time. */
export async function untilCalm(maxMs: number, signal: AbortSignal): Promise<void> {
	for (const deadline = performance.now() + maxMs; performance.now() < deadline; ) {
		const before = readTimes();
		await sleep(LOOK_MS, undefined, { signal });
		const after = readTimes();
		if ((after.idle - before.idle) / (after.all - before.all) >= CALM) return;
	}
}

/** Since the machine's start, in milliseconds, of all processors together. */
function readTimes(): { idle: number; all: number } {
	const times = cpus().map((cpu) => cpu.times);
	const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
	return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all };
}
