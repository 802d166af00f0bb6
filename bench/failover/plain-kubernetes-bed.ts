import { setTimeout as sleep } from 'node:timers/promises';
import { podContainer, processesIn } from '../place/container-processes.ts';
import { makePlainDeployment, type PlainPodOptions } from '../place/plain-deployment.ts';
import type { Bed } from './bed.ts';
import type { BedSetting } from './bed-setting.ts';
import { witnessFlows, witnessSettings } from './flows.ts';

/** Heartbeats are regular by then. */
const CALM_DOWN_MS = 2_000;

/** What is done without flowferry: a Deployment of Node-RED, whose kubelet starts its container again when its process ends. */
export async function makePlainKubernetesBed({ broker, cleanup, signal }: BedSetting, options: PlainPodOptions): Promise<Bed> {
	const name = 'plain';
	const files = {
		'flows.json': JSON.stringify(witnessFlows(name, { broker, name })),
		'witness.cjs': witnessSettings,
		// Node-RED's own default is named after the container.
		'settings.js': "module.exports = { ...require('./witness.cjs'), flowFile: 'flows.json' };\n",
	};
	const { cluster, url, pod, untilAnswered } = await makePlainDeployment(options, files, { cleanup, signal });
	const { core, namespace } = cluster;
	return {
		session: name,
		name,
		store: null,
		ttlMs: null,
		async settled() {
			await untilAnswered('/', () => true);
			const found = await pod();
			// A kubelet starts what has ended often ever more slowly, and forgets that after ten minutes: a pod of its own is at its best.
			if (found && found.restarts > 0) {
				await core.deleteNamespacedPod({ namespace, name: found.name });
				while ((await pod())?.name === found.name || !(await pod())) await sleep(100, undefined, { signal });
				await untilAnswered('/', () => true);
			}
			await sleep(CALM_DOWN_MS, undefined, { signal });
			const present = await pod();
			const nodeRed = present && (await processesIn(await podContainer(options.docker, namespace, present.name))).at(-1)?.pid;
			if (!nodeRed) throw new Error('the plain pod has no Node-RED');
			return { instance: '', processes: { nodeRed, runner: null }, url, watchDetection: async () => null };
		},
	};
}
