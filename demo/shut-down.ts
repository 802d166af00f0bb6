import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from './contract.ts';
import { runCommand } from './flowferry.ts';

const LAST_WAIT_MS = 5000;

/** Takes production down as a person would, and ends by their ids what might still run. Nothing to do where nothing ran. */
export async function shutDown(folder: string): Promise<void> {
	const pids = await findPids(folder);
	let failure: unknown;
	try {
		await runCommand(folder, ['down', 'production', '--yes'], 'read');
	} catch (error) {
		failure = error;
	}
	for (const deadline = Date.now() + LAST_WAIT_MS; pids.some(isAlive) && Date.now() < deadline; ) await sleep(50);
	for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
	if (failure !== undefined) throw failure;
}

/** Runners first: each would start its Node-RED again. */
async function findPids(folder: string): Promise<number[]> {
	try {
		const { slots } = (await runCommand(folder, ['status', 'production'], 'read')) as Status;
		const statuses = slots.flatMap(({ instances }) => instances.map(({ status }) => status)).filter((status) => status !== null);
		return [...statuses.map(({ pid }) => pid), ...statuses.map(({ childPid }) => childPid)].filter((pid) => pid !== null);
	} catch {
		// What cannot be asked can still be taken down.
		return [];
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
