import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../../src/lib/adapters/clock.ts';
import type { Active, Bed } from './bed.ts';
import type { Kind } from './kinds.ts';

export interface Injected {
	/** On the host's monotonic clock. */
	atMs: number;
	/** Idempotent; whatever is not there any more is left alone. */
	undo(): Promise<void>;
}

export async function inject(
	kind: Kind,
	{ processes, url }: Pick<Active, 'processes' | 'url'>,
	{ store, clock }: Pick<Bed, 'store'> & { clock: MonotonicClock },
): Promise<Injected> {
	switch (kind) {
		case 'crash': {
			const atMs = clock.nowMs();
			process.kill(processes.nodeRed, 'SIGKILL');
			return { atMs, undo: async () => {} };
		}
		case 'hang': {
			const controller = new AbortController();
			const atMs = clock.nowMs();
			void fetch(`${url}/hang`, { signal: controller.signal }).catch(() => {});
			return { atMs, undo: async () => controller.abort() };
		}
		case 'freeze': {
			const frozen = [processes.runner, processes.nodeRed].filter((pid) => pid !== null);
			const atMs = clock.nowMs();
			for (const each of frozen) process.kill(each, 'SIGSTOP');
			return { atMs, undo: async () => frozen.splice(0).forEach(wake) };
		}
		case 'store-loss':
			if (store === null) throw new Error('there is no store that could be lost');
			return await lock(store.file, clock);
	}
}

function wake(pid: number): void {
	try {
		process.kill(pid, 'SIGCONT');
	} catch {
		// It has ended.
	}
}

/** This process's end frees it, too. */
async function lock(stateFile: string, clock: MonotonicClock): Promise<Injected> {
	const database = new DatabaseSync(stateFile, { timeout: 0 });
	for (;;) {
		try {
			database.exec('BEGIN EXCLUSIVE');
			break;
		} catch {
			await sleep(1); // somebody writes just now
		}
	}
	return {
		atMs: clock.nowMs(),
		undo: async () => {
			if (database.isOpen) database.close();
		},
	};
}
