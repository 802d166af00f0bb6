import { setTimeout as sleep } from 'node:timers/promises';
import { makePlainDeployment, type PlainPodOptions } from '../place/plain-deployment.ts';
import { scenarioFlows } from './flows.ts';
import type { Setting } from './setting.ts';
import { otherVersion, type Version } from './version.ts';
import type { Way } from './way.ts';

const POLL_MS = 50;

/** What is done with a Deployment of Node-RED: its ConfigMap gets the new flows, and `kubectl rollout restart` replaces its pod. */
export async function startPlainKubernetesWay({ scenario, broker, cleanup, signal }: Setting, options: PlainPodOptions): Promise<Way> {
	const name = 'plain';
	let version: Version = 'v1';
	const files = () => ({ 'flows.json': JSON.stringify(scenarioFlows(scenario, { broker, name, version })) });
	const plain = await makePlainDeployment(options, files(), { cleanup, signal });
	const untilAnswered = () =>
		plain.untilAnswered('/answer?seq=0', (body) => (JSON.parse(body) as { version: Version }).version === version);
	await untilAnswered();
	return {
		name,
		httpUrl: () => plain.url,
		async prepare() {
			version = otherVersion(version);
			await plain.put(files());
		},
		async cutOver() {
			const began = performance.now();
			const before = await plain.pod();
			await plain.restart();
			await untilAnswered();
			// Until then two pods run the flows.
			while ((await plain.pod())?.name === before?.name) await sleep(POLL_MS, undefined, { signal });
			const gapMs = Math.round(performance.now() - began);
			return { gapMs, steps: [{ step: 'restart', durationMs: gapMs }] };
		},
	};
}
