import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../../adapters/clock.ts';
import type { KeeperSession } from '../../keeper/session.ts';
import { type Fault, faultImpossible, type Injection } from '../fault.ts';
import type { InstanceStatus } from '../instance.ts';
import { signalInside } from '../signal-inside.ts';
import type { Containers } from './containers.ts';
import { startWaker } from './waker.ts';

/** Faults that containers do not have. */
export const impossible = {
	eviction: 'an engine does not start a container again that was told to end',
} as const satisfies Partial<Record<Fault, string>>;

const FREEZE_MS = 10_000;
const FREEZE_AGAIN_MS = 100;

export interface Place {
	containers: Containers;
	/** Of the instance. */
	container: string;
	/** Of the engine's machine. */
	clock: Pick<MonotonicClock, 'nowMs'>;
	/** Opens one more session of the keeper's; null where there is no keeper. */
	openSession: () => Promise<KeeperSession | null>;
}

/**
 * By signals within an instance's container, by what the engine does to it, and by a lock on the state.
 * @param status null: its runner does not answer
 * @throws FlowferryError FAULT_IMPOSSIBLE where it does not run, or cannot be frozen
 */
export async function injectFault(fault: Fault, name: string, status: InstanceStatus | null, place: Place): Promise<Injection> {
	if (fault === 'eviction') throw faultImpossible(fault, name, impossible[fault]);
	if (fault === 'store-loss') return await loseStore(name, place);
	if (!status?.childPid) throw faultImpossible(fault, name, status ? 'its Node-RED does not run' : 'its runner does not answer');
	const { containers, container, clock } = place;
	switch (fault) {
		case 'crash':
			return await signal(place, `kill -s KILL ${status.childPid}`);
		case 'hang':
			return await signal(place, `kill -s STOP ${status.childPid}`, `kill -s CONT ${status.childPid}`);
		case 'freeze': {
			const undo = await startWaker(containers.engine, { container, unpause: true });
			return await begun(undo, () => freeze(name, place));
		}
		case 'cut-off': {
			const connect = await containers.networksOf(container);
			const undo = await startWaker(containers.engine, { container, connect });
			return await begun(undo, async () => {
				const atMs = clock.nowMs();
				for (const { network } of connect) await containers.disconnect(network, container);
				return atMs;
			});
		}
	}
}

async function loseStore(name: string, place: Place): Promise<Injection> {
	const undo = await lockState('store-loss', name, place);
	return { atMs: place.clock.nowMs(), undo };
}

/**
 * The lock is a session's own, for who waits for it stands still with all that it does. It ends with the session, and that with this
 * process.
 * @returns lets it go; idempotent
 */
async function lockState(fault: Fault, name: string, { openSession }: Place): Promise<() => Promise<void>> {
	const session = await openSession();
	if (session === null) throw faultImpossible(fault, name, 'the environment has no keeper');
	try {
		await session.call('machine', 'lockState', []);
	} catch (error) {
		session.close();
		throw error;
	}
	let undone: Promise<unknown> | null = null;
	return async () => {
		undone ??= session.call('machine', 'unlockState', []).finally(() => session.close());
		await undone;
	};
}

async function signal({ containers, container, clock }: Place, send: string, takeBack?: string): Promise<Injection> {
	return await signalInside({
		...{ send, clock, ...(takeBack !== undefined && { takeBack }) },
		begin: (command) => containers.begin(container, command),
		finish: async ({ input }, ended) => {
			if (input.writable) input.end('\n');
			await ended;
		},
	});
}

/**
 * Not in the middle of one of its transactions: paused there, it would keep the state locked, nobody could take over, and that is another
 * fault. On a busy machine runc gives up before every thread stands still, and wakes them all.
 * @returns since when they do
 */
async function freeze(name: string, place: Place): Promise<number> {
	const { containers, container, clock } = place;
	for (const end = performance.now() + FREEZE_MS; ; await sleep(FREEZE_AGAIN_MS)) {
		const unlock = await lockState('freeze', name, place);
		const atMs = clock.nowMs();
		try {
			await containers.pause(container);
			return atMs;
		} catch (error) {
			const { message } = error as Error;
			if (!message.includes('unable to freeze')) throw error;
			if (performance.now() > end) throw faultImpossible('freeze', name, message);
		} finally {
			await unlock();
		}
	}
}

/** Takes back what was begun where it fails half-way. @param work what is taken back then; tells when it was done */
async function begun(undo: () => Promise<void>, work: () => Promise<number>): Promise<Injection> {
	try {
		return { atMs: await work(), undo };
	} catch (error) {
		await undo();
		throw error;
	}
}
