import { setTimeout as sleep } from 'node:timers/promises';
import { type MonotonicClock, systemClock } from '../../adapters/clock.ts';
import { parentOf } from '../../adapters/process-identity.ts';
import { lockStateDatabase } from '../../adapters/state-lock.ts';
import { stopProcesses } from '../../adapters/stopped-processes.ts';
import { type Fault, faultImpossible, type Injection } from '../fault.ts';
import type { InstanceStatus } from '../instance.ts';
import { isRunner } from './runner-process.ts';

export interface Place {
	addressFile: string;
	stateFile: string;
}

/** Faults that processes of one machine, with one file as their store, do not have. */
export const impossible: Partial<Record<Fault, string>> = {
	'cut-off': 'instances that are processes of one machine share a file with their leases; there is no network between them to cut',
	eviction: 'nobody would start a process again that was told to end',
};

/** A signal that was sent takes effect in its own time: on a busy machine, when its process gets time. */
const STOPPING_MS = 20;

/**
 * By signals to an instance's own processes, and by a lock on the state.
 * @param status null: its runner does not answer
 * @throws FlowferryError FAULT_IMPOSSIBLE where the processes are not there, or are not proved to be this instance's
 */
export async function injectFault(fault: Fault, name: string, status: InstanceStatus | null, place: Place): Promise<Injection> {
	const because = impossible[fault];
	if (because) throw faultImpossible(fault, name, because);
	const clock = systemClock();
	if (fault === 'store-loss') {
		const unlock = await lockStateDatabase(place.stateFile);
		return { atMs: clock.nowMs(), undo: async () => unlock() };
	}
	const { runner, nodeRed } = await ownProcesses(fault, name, status, place);
	if (fault === 'freeze') return await freeze([runner, nodeRed], place, clock);
	const atMs = clock.nowMs();
	if (fault === 'crash') {
		process.kill(nodeRed, 'SIGKILL');
		return { atMs, undo: async () => {} };
	}
	return { atMs, undo: await stopProcesses([nodeRed]) };
}

/**
 * Not in the middle of one of the runner's transactions: stopped there, it would keep the state locked, nobody could take over, and that
 * is another fault.
 */
async function freeze(pids: readonly number[], { stateFile }: Place, clock: MonotonicClock): Promise<Injection> {
	const unlock = await lockStateDatabase(stateFile);
	try {
		const atMs = clock.nowMs();
		const undo = await stopProcesses(pids);
		await sleep(STOPPING_MS);
		return { atMs, undo };
	} finally {
		unlock();
	}
}

/** A number alone may have gone to another program, which must not be touched. */
async function ownProcesses(
	fault: Fault,
	name: string,
	status: InstanceStatus | null,
	{ addressFile }: Place,
): Promise<{ runner: number; nodeRed: number }> {
	if (!status?.childPid) throw faultImpossible(fault, name, status ? 'its Node-RED does not run' : 'its runner does not answer');
	// Node-RED's command line shows its name alone; its parent is told by the kernel.
	const isOwn = (await isRunner(status.pid, addressFile)) && (await parentOf(status.childPid)) === status.pid;
	if (!isOwn) throw faultImpossible(fault, name, `processes ${status.pid} and ${status.childPid} are not proved to be its own`);
	return { runner: status.pid, nodeRed: status.childPid };
}
