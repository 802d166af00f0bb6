import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BusyOptions, busyFlow, busySettings } from './busy-flow.ts';

/** One window of one Node-RED. */
export interface Throughput {
	/** Whether what is taken off in every second window was in place: the agent's hooks, or its lease. */
	hooked: boolean;
	/** Messages that a node got, in a second of the wall clock. */
	perSecond: number;
	/** The same in a second of the process's own processor time: other load on the machine hardly shows in it. */
	perCpuSecond: number;
}

const nodeRed = fileURLToPath(new URL('../../node_modules/node-red/red.js', import.meta.url));
const HOUR_MS = 3_600_000;

/**
 * Runs the busy flow in a Node-RED of its own. With the agent it has what it has in production: an IPC channel to its
 * parent, and a lease, which is looked at before each message.
 * @param nodes function nodes in the ring
 */
export async function measureThroughput(folder: string, nodes: number, withAgent: boolean, options: BusyOptions): Promise<Throughput[]> {
	const userDir = mkdtempSync(join(folder, 'user-dir-'));
	writeFileSync(join(userDir, 'flows.json'), JSON.stringify(busyFlow(nodes)));
	const settings = join(userDir, 'settings.cjs');
	writeFileSync(settings, busySettings(options, withAgent));
	const child = spawn(process.execPath, [nodeRed, '--userDir', userDir, '--settings', settings], {
		cwd: userDir,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
	let heartbeats = 0;
	child.on('message', () => heartbeats++);
	if (withAgent) {
		const nowMs = Number(process.hrtime.bigint() / 1_000_000n);
		child.send({ leaseUntilMs: nowMs + HOUR_MS, token: 1, wallOffsetMs: Date.now() - nowMs });
	}
	await new Promise((resolve) => child.once('exit', resolve));
	const measured = /^MEASURED (.*)$/m.exec(output)?.[1];
	if (!measured) throw new Error(`Node-RED ended without a measurement:\n${output}`);
	// Two that are the same would make a perfect result.
	if (heartbeats > 0 !== withAgent) throw new Error(`the agent was ${withAgent ? 'not ' : ''}there:\n${output}`);
	const windows = JSON.parse(measured) as { hooked: boolean; laps: number; ms: number; cpuMs: number }[];
	return windows.map(({ hooked, laps, ms, cpuMs }) => ({
		hooked,
		perSecond: (laps * nodes * 1000) / ms,
		perCpuSecond: (laps * nodes * 1000) / cpuMs,
	}));
}
