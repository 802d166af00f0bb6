import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Cleanup } from '../../demo/cleanup.ts';
import { findFreePort } from '../../demo/project.ts';
import { packArchive } from '../../src/lib/targets/docker/archive.ts';

/** What plain containers are made from. */
export interface PlainContainerOptions {
	docker: Docker;
	/** With Node-RED in it. */
	image: string;
	brokerHost: string;
}

/** Node-RED in a container as its image has it, with `/data` in a volume and a port of this machine's. */
export interface PlainContainer {
	container: Docker.Container;
	url: string;
	/** Puts files of Node-RED's into `/data`. */
	put(files: Record<string, string>): Promise<void>;
	/** Resolves when a route of its flows answers so. */
	untilAnswered(path: string, isWanted: (body: string) => boolean): Promise<void>;
}

const ANSWER_MS = 60_000;
const POLL_MS = 20;
const USER = 1000;
let made = 0;

/** @returns one that does not run yet */
export async function makePlainContainer(
	{ docker, image }: PlainContainerOptions,
	{ restart, cleanup, signal }: { restart: 'no' | 'unless-stopped'; cleanup: Cleanup; signal: AbortSignal },
): Promise<PlainContainer> {
	const port = await findFreePort();
	const container = await docker.createContainer({
		name: `flowferry-bench-${process.pid}-plain-${++made}`,
		Image: image,
		ExposedPorts: { '1880/tcp': {} },
		HostConfig: {
			PortBindings: { '1880/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
			RestartPolicy: { Name: restart },
		},
	});
	cleanup.later('remove the plain container', () => container.remove({ force: true, v: true }));
	const url = `http://127.0.0.1:${port}`;
	return {
		container,
		url,
		async put(files) {
			const entries = Object.entries(files).map(([path, content]) => ({ path, content, owner: USER, mode: 0o644 }));
			await container.putArchive(packArchive(entries), { path: '/data' });
		},
		async untilAnswered(path, isWanted) {
			for (const end = performance.now() + ANSWER_MS; performance.now() < end; await sleep(POLL_MS, undefined, { signal })) {
				const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(1000) }).catch(() => null);
				if (answer?.ok && isWanted(await answer.text())) return;
			}
			throw new Error(`the plain container did not answer within ${ANSWER_MS} ms`);
		},
	};
}
