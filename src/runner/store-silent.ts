import { setTimeout as sleep } from 'node:timers/promises';
import { FaultLog } from './fault-log.ts';
import type { Log } from './log.ts';

/** Between two attempts: each may keep the whole process waiting for the store. */
const AGAIN_MS = 200;

/** The store did not answer: nothing is wrong with this instance, and none of the others is answered sooner. */
export class StoreSilent extends Error {}

/** @throws StoreSilent where that fails, by whatever */
export async function fromStore<T>(ask: () => Promise<T>): Promise<T> {
	try {
		return await ask();
	} catch (error) {
		throw new StoreSilent(`the lease store does not answer: ${String(error)}`);
	}
}

/**
 * Does what needs the store, as soon as that answers. Whoever attempts it decides each time whether it is still to be done.
 * @param over resolves when nobody waits for it any more
 * @throws whatever the attempt throws, but `StoreSilent`
 */
export async function onceStoreAnswers(attempt: () => Promise<void>, over: Promise<unknown>, log: Pick<Log, 'write'>): Promise<void> {
	let isOver = false;
	void over.then(() => {
		isOver = true;
	});
	const faults = new FaultLog(log, 'it stands by until the store answers');
	for (; !isOver; await sleep(AGAIN_MS, undefined, { ref: false })) {
		try {
			return await attempt();
		} catch (error) {
			if (!(error instanceof StoreSilent)) throw error;
			faults.failed(error.message);
		}
	}
}
