import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../../src/lib/adapters/clock.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Kind } from './kinds.ts';

export interface Injected {
	/** On the host's monotonic clock. */
	atMs: number;
	/** Idempotent; whatever is not there any more is left alone. */
	undo(): Promise<void>;
}

interface Place {
	stateFile: string;
	clock: MonotonicClock;
}

export async function inject(kind: Kind, { pid, childPid, url }: InstanceStatus, { stateFile, clock }: Place): Promise<Injected> {
	if (childPid === null || url === null) throw new Error('the active instance has no Node-RED');
	switch (kind) {
		case 'crash': {
			const atMs = clock.nowMs();
			process.kill(childPid, 'SIGKILL');
			return { atMs, undo: async () => {} };
		}
		case 'hang': {
			const controller = new AbortController();
			const atMs = clock.nowMs();
			void fetch(`${url}/hang`, { signal: controller.signal }).catch(() => {});
			return { atMs, undo: async () => controller.abort() };
		}
		case 'freeze': {
			const frozen = [pid, childPid];
			const atMs = clock.nowMs();
			for (const each of frozen) process.kill(each, 'SIGSTOP');
			return { atMs, undo: async () => frozen.splice(0).forEach(wake) };
		}
		case 'store-loss':
			return await lock(stateFile, clock);
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
