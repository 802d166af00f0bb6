import { makePlainContainer, type PlainContainerOptions } from '../place/plain-container.ts';
import { scenarioFlows } from './flows.ts';
import type { Setting } from './setting.ts';
import { otherVersion, type Version } from './version.ts';
import type { Way } from './way.ts';

/** Before a container is killed, as `docker restart` has it. */
const STOP_S = 10;

/** What is done with a container of Node-RED: new flows are put into its volume, and it is restarted. */
export async function startPlainDockerWay({ scenario, broker, cleanup, signal }: Setting, options: PlainContainerOptions): Promise<Way> {
	const name = 'plain';
	const plain = await makePlainContainer(options, { restart: 'unless-stopped', cleanup, signal });
	let version: Version = 'v1';
	const putFlows = () => plain.put({ 'flows.json': JSON.stringify(scenarioFlows(scenario, { broker, name, version })) });
	const untilAnswered = () =>
		plain.untilAnswered('/answer?seq=0', (body) => (JSON.parse(body) as { version: Version }).version === version);
	await putFlows();
	await plain.container.start();
	await untilAnswered();
	return {
		name,
		httpUrl: () => plain.url,
		async prepare() {
			version = otherVersion(version);
			await putFlows();
		},
		async cutOver() {
			const began = performance.now();
			await plain.container.restart({ t: STOP_S });
			const restarted = performance.now();
			await untilAnswered();
			const [restartMs, startMs] = [Math.round(restarted - began), Math.round(performance.now() - restarted)];
			return {
				gapMs: restartMs + startMs,
				steps: [
					{ step: 'restart', durationMs: restartMs },
					{ step: 'start', durationMs: startMs },
				],
			};
		},
	};
}
