import { setTimeout as sleep } from 'node:timers/promises';
import { processesIn } from '../place/container-processes.ts';
import { makePlainContainer, type PlainContainerOptions } from '../place/plain-container.ts';
import type { Bed } from './bed.ts';
import type { BedSetting } from './bed-setting.ts';
import { witnessFlows, witnessSettings } from './flows.ts';

/** The engine starts a container that ended within 10 s of its start ever more slowly. */
const FORGIVEN_MS = 11_000;

/** What is done without flowferry: a container of Node-RED whose restart policy starts it again when its process ends. */
export async function makePlainDockerBed({ broker, cleanup, signal }: BedSetting, options: PlainContainerOptions): Promise<Bed> {
	const name = 'plain';
	const { container, url, put, untilAnswered } = await makePlainContainer(options, { restart: 'unless-stopped', cleanup, signal });
	await put({
		'flows.json': JSON.stringify(witnessFlows(name, { broker, name })),
		'witness.cjs': witnessSettings,
		// Node-RED's own default is named after the container.
		'settings.js': "module.exports = { ...require('./witness.cjs'), flowFile: 'flows.json' };\n",
	});
	await container.start();
	return {
		session: name,
		name,
		store: null,
		ttlMs: null,
		async settled() {
			await untilAnswered('/', () => true);
			await sleep(FORGIVEN_MS, undefined, { signal });
			const nodeRed = (await processesIn(container)).at(-1)?.pid;
			if (nodeRed === undefined) throw new Error('the plain container has no Node-RED');
			return { instance: '', processes: { nodeRed, runner: null }, url, watchDetection: async () => null };
		},
	};
}
