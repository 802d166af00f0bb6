import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../demo/project.ts';
import { packArchive } from '../../src/lib/targets/docker/archive.ts';
import type { DockerPlace } from './docker-place.ts';
import { scenarioFlows } from './flows.ts';
import type { Setting } from './setting.ts';
import { otherVersion, type Version } from './version.ts';
import type { Way } from './way.ts';

const ANSWER_MS = 60_000;
const POLL_MS = 20;
/** Of a container that is to stop, as `docker restart` has it. */
const STOP_S = 10;

/** What is done with a container of Node-RED: new flows are put into its volume, and it is restarted. It has a port of this machine. */
export async function startPlainDockerWay(
	{ scenario, brokerPort, cleanup, signal }: Setting,
	{ docker, nodeRedImage, host }: DockerPlace,
): Promise<Way> {
	const name = 'plain';
	const port = await findFreePort();
	const url = `http://127.0.0.1:${port}`;
	const container = await docker.createContainer({
		name: `flowferry-bench-plain-${process.pid}`,
		Image: nodeRedImage,
		ExposedPorts: { '1880/tcp': {} },
		HostConfig: { PortBindings: { '1880/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
	});
	cleanup.later('remove the plain container', () => container.remove({ force: true, v: true }));
	let version: Version = 'v1';
	const putFlows = async () => {
		const content = JSON.stringify(scenarioFlows(scenario, { brokerPort, brokerHost: host, name, version }));
		await container.putArchive(packArchive([{ path: 'flows.json', content, owner: 1000, mode: 0o644 }]), { path: '/data' });
	};
	const untilAnswered = async () => {
		for (const end = performance.now() + ANSWER_MS; performance.now() < end; await sleep(POLL_MS, undefined, { signal })) {
			const answer = await fetch(`${url}/answer?seq=0`, { signal: AbortSignal.timeout(1000) }).catch(() => null);
			if (answer?.ok && ((await answer.json()) as { version: string }).version === version) return;
		}
		throw new Error(`the plain container did not answer as ${version} within ${ANSWER_MS} ms`);
	};
	await putFlows();
	await container.start();
	await untilAnswered();
	return {
		name,
		httpUrl: () => url,
		async prepare() {
			version = otherVersion(version);
			await putFlows();
		},
		async cutOver() {
			const began = performance.now();
			await container.restart({ t: STOP_S });
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
