import { systemClock } from '../../adapters/clock.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import { openEnvironmentState } from '../environment-state.ts';

/** Answers what only reads as the keeper of an environment would in which nothing has happened yet. */
export function emptyKeeper(): KeeperApi & { close(): void } {
	const state = openEnvironmentState(':memory:');
	return {
		...state,
		router: { status: async () => null },
		instances: { status: async () => null },
		slots: { read: async () => null, keptLog: async () => '' },
		machine: { nowMs: async () => systemClock().nowMs() },
	} as unknown as KeeperApi & { close(): void };
}
