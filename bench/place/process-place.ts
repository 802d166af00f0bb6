import { join } from 'node:path';
import { findFreePort } from '../../demo/project.ts';
import { shutDown } from '../../demo/shut-down.ts';
import { nodeRedFolder } from '../../test/support/project.ts';
import { startPlainWay } from '../cutover/plain-way.ts';
import type { Place } from './place.ts';

/** Processes of this machine. */
export async function openProcessPlace(): Promise<Place> {
	return {
		brokerHost: '127.0.0.1',
		async newProduction() {
			const port = await findFreePort();
			return {
				keys: { port, nodeRed: nodeRedFolder },
				url: `http://127.0.0.1:${port}`,
				stateFile: async (directory) => join(directory, 'state.db'),
				processesOf: async ({ pid, childPid }) => {
					if (childPid === null) throw new Error('the instance has no Node-RED');
					return { nodeRed: childPid, runner: pid };
				},
				takeDown: shutDown,
			};
		},
		startPlainWay,
		makePlainBed: null,
	};
}
