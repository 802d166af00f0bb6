import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningNodeRed, startNodeRed } from '../../test/support/node-red.ts';
import { scenarioFlows } from './flows.ts';
import type { Setting } from './setting.ts';
import { otherVersion, type Version } from './version.ts';
import type { Way } from './way.ts';

const STATE_MS = 30_000;

/**
 * What can be done without flowferry and without a cold start: two Node-REDs with the flows loaded, the new one with its flows
 * stopped. A cutover stops the one and then starts the other, by the admin API. No router stands before them: whoever asks over HTTP
 * has to be told.
 */
export async function startPlainWay({ scenario, broker, cleanup, signal }: Setting): Promise<Way> {
	const name = 'plain';
	const start = async (version: Version, state: 'start' | 'stop') => {
		const nodeRed = await startNodeRed({
			flows: scenarioFlows(scenario, { broker, name, version }),
			settings: { runtimeState: { enabled: true } },
			prepare: (userDir) => writeFile(join(userDir, '.config.runtime.json'), JSON.stringify({ runtimeFlowState: state })),
		});
		cleanup.later('stop a plain Node-RED', nodeRed.stop);
		signal.throwIfAborted();
		return nodeRed;
	};
	let active = await start('v1', 'start');
	let standby: RunningNodeRed | undefined;
	let version: Version = 'v1';
	return {
		name,
		httpUrl: () => active.url,
		async prepare() {
			await standby?.stop();
			version = otherVersion(version);
			standby = await start(version, 'stop');
		},
		async cutOver() {
			if (!standby) throw new Error('nothing was prepared');
			const stopMs = await setState(active, 'stop');
			const startMs = await setState(standby, 'start');
			[active, standby] = [standby, active];
			return {
				gapMs: stopMs + startMs,
				steps: [
					{ step: 'stop', durationMs: stopMs },
					{ step: 'start', durationMs: startMs },
				],
			};
		},
	};
}

/** @returns how long it took, in milliseconds */
async function setState({ url }: RunningNodeRed, state: 'start' | 'stop'): Promise<number> {
	const began = performance.now();
	const response = await fetch(`${url}/flows/state`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ state }),
		signal: AbortSignal.timeout(STATE_MS),
	});
	const body = await response.text();
	if (!response.ok || (JSON.parse(body) as { state: string }).state !== state) {
		throw new Error(`${url}/flows/state answered ${response.status} to '${state}': ${body}`);
	}
	return Math.round(performance.now() - began);
}
