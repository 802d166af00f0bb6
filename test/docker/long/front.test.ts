import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type Docker from 'dockerode';
import { WebSocket } from 'ws';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { findHaproxy } from '../../../src/lib/routers/haproxy/program.ts';
import { packArchive } from '../../../src/lib/targets/docker/archive.ts';
import type { Engine } from '../../../src/lib/targets/docker/engine.ts';
import { connectMachineEngine, describeWithDockerAnd } from '../../support/describe-with-docker.ts';
import { endedAfterEach } from '../../support/ended-after-each.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../../support/engine-project.ts';
import { findProgram } from '../../support/find-program.ts';
import { freePort } from '../../support/gateway.ts';
import { guideBlock } from '../../support/guide-block.ts';
import { buildProgramImage } from '../../support/haproxy-image.ts';
import { machineAddress } from '../../support/machine-address.ts';
import { measured } from '../../support/measured.ts';
import { type NumberedRequests, startNumberedRequests } from '../../support/numbered-requests.ts';
import { node, versionFlows } from '../../support/project.ts';
import { thingsNamed } from '../../support/things-named.ts';
import { until } from '../../support/until.ts';
import { versionOf } from '../../support/witness.ts';

jest.setTimeout(300_000);

const NAME = `ffw-front-${process.pid}`;
/** Of Node-RED's own limit the larger part, and more than nginx takes where it is not told otherwise. */
const LARGE = 'x'.repeat(4_000_000);
/** Longer than nginx waits for anything where it is not told otherwise. */
const QUIET_MS = 65_000;
/** As the guide has nginx ask for names. */
const ASKED_AGAIN_MS = 5000;
/** For a busy machine, on top of it. */
const SLACK_MS = 5000;

describeWithDockerAnd('nginx', 'proxies in front of the router, as the guide has them', () => {
	let engine: Engine;
	let images: ProjectImages;
	let project: DockerProject;
	let work: NumberedRequests;
	let before: string[];
	let haproxy: ChildProcess;
	const urls: Record<string, string> = {};
	const fronts = ['nginx', 'haproxy'] as const;

	beforeAll(async () => {
		engine = await connectMachineEngine();
		before = await thingsNamed(engine.docker, NAME);
		images = await projectImages(engine.docker, NAME);
		work = await startNumberedRequests(await machineAddress(engine.docker));
		project = await createDockerProject(engine.docker, { name: NAME, images });
		await promote('v1');
		urls.nginx = await startNginx(engine.docker);
		[urls.haproxy, haproxy] = await startHaproxy(project);
		for (const front of fronts) await until(async () => (await versionOf(urls[front] as string)) === 'v1', `${front} serves`);
	});
	afterAll(async () => {
		haproxy?.kill();
		// It is in the environment's network.
		const nginx = engine.docker.getContainer(`${NAME}-nginx`);
		await nginx.remove({ force: true, v: true }).catch(() => {});
		await engine.docker
			.getImage(`${NAME}-nginx`)
			.remove()
			.catch(() => {});
		await project?.done(0, 'down', '--remove', '--yes');
		await project?.dispose();
		await images?.remove();
		work?.close();
		const left = await thingsNamed(engine.docker, NAME).finally(() => engine.close());
		expect(left).toEqual(before);
	});

	const begun = endedAfterEach();

	async function promote(version: string): Promise<void> {
		await project.setFlows(versionFlows(version, [...work.flows, ...echo(version)]));
		await project.done(0, 'promote', '--yes');
	}

	it.each(fronts)('%s: a promotion fails no request and doubles none, and a WebSocket lasts until the old release stops', async (front) => {
		const url = urls[front] as string;
		const old = (await versionOf(url)) as string;
		const next = `${old}+`;
		const socket = await openSocket(url);
		begun.push(() => socket.close());
		expect(await socket.ask('before')).toBe(`${old} before`);

		const finish = work.start(url);
		begun.push(finish);
		await sleep(1000);
		const beganMs = performance.now();
		await promote(next);
		const promotedMs = performance.now();
		await sleep(1000);
		const counts = await finish();
		const { atMs, status } = await socket.ended;
		measured(`a promotion behind ${front}`, { ...counts, webSocketEndedWith: status });
		// It serves while the new release is prepared, and Node-RED closes it with the old one's flows.
		expect(atMs).toBeGreaterThan(beganMs);
		expect(atMs).toBeLessThan(promotedMs);
		expect(counts).toEqual({ requests: expect.any(Number), failed: {}, doubled: [], unworked: [] });
		expect(counts.requests).toBeGreaterThan(50);
		expect(await versionOf(url)).toBe(next);

		const again = await openSocket(url);
		begun.push(() => again.close());
		expect(await again.ask('after')).toBe(`${next} after`);
	});

	it('pass on a large body, and keep a quiet WebSocket', async () => {
		const sockets = await Promise.all(fronts.map((front) => openSocket(urls[front] as string)));
		begun.push(() => Promise.all(sockets.map((socket) => socket.close())));
		for (const front of fronts) {
			const { status } = await fetch(`${urls[front]}/work?number=0`, { method: 'POST', body: LARGE });
			expect([front, status]).toEqual([front, 200]);
		}
		await sleep(QUIET_MS);
		for (const [index, socket] of sockets.entries())
			expect([fronts[index], await socket.ask('still')]).toEqual([fronts[index], expect.stringContaining(' still')]);
	});

	it('find the router again when it comes back with another address', async () => {
		const router = engine.docker.getContainer(`${NAME}-router`);
		const addressOf = async (container: Docker.Container) => (await container.inspect()).NetworkSettings.Networks[NAME]?.IPAddress;
		const address = await addressOf(router);
		// Each has just learnt where it is.
		for (const front of fronts) expect(await versionOf(urls[front] as string)).not.toBeNull();
		await router.stop();
		// Somebody else takes the address that is free now.
		const NetworkingConfig = { EndpointsConfig: { [NAME]: {} } };
		const options = { name: `${NAME}-other`, Image: images.base, Entrypoint: ['sleep'], Cmd: ['600'], NetworkingConfig };
		const other = await engine.docker.createContainer(options);
		begun.push(() => other.remove({ force: true, v: true }));
		await other.start();
		expect(await addressOf(other)).toBe(address);

		await router.start();
		expect(await addressOf(router)).not.toBe(address);
		await until(async () => (await versionOf(project.url)) !== null, 'the router serves', 60_000);
		const servesMs = performance.now();
		const found = await Promise.all(
			fronts.map(async (front) => {
				await until(async () => (await versionOf(urls[front] as string)) !== null, `${front} serves`, 60_000);
				return [front, Math.round(performance.now() - servesMs)] as const;
			}),
		);
		measured('the router comes back with another address', { foundAfterMs: Object.fromEntries(found) });
		for (const [, afterMs] of found) expect(afterMs).toBeLessThan(ASKED_AGAIN_MS + SLACK_MS);
	});

	/** In the environment's network, with the guide's text where nginx's own image has such files. @returns where it serves */
	async function startNginx(docker: Docker): Promise<string> {
		const image = await buildProgramImage(docker, findProgram('nginx') as string, `${NAME}-nginx`);
		const port = await freePort();
		const container = await docker.createContainer({
			name: `${NAME}-nginx`,
			Image: image,
			Cmd: ['-e', 'stderr', '-c', '/etc/nginx/nginx.conf', '-g', 'daemon off;'],
			ExposedPorts: { '8081/tcp': {} },
			NetworkingConfig: { EndpointsConfig: { [NAME]: {} } },
			HostConfig: { PortBindings: { '8081/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
		});
		const files = [
			{ path: 'etc/nginx/nginx.conf', content: NGINX },
			{ path: 'etc/nginx/conf.d/default.conf', content: await guideBlock('docker.md', 'nginx') },
		];
		await container.putArchive(packArchive(files), { path: '/' });
		await container.start();
		return `http://127.0.0.1:${port}`;
	}
});

/** What the guide's text is put into. */
const NGINX = `user root;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  include /etc/nginx/conf.d/*.conf;
}
`;

/** On this machine, with the guide's text and other ports. @returns where it serves */
async function startHaproxy({ folder, port }: DockerProject): Promise<[string, ChildProcess]> {
	const own = await freePort();
	const text = (await guideBlock('docker.md', 'haproxy')).replace('127.0.0.1:8080', `127.0.0.1:${port}`);
	const file = join(folder, 'front.cfg');
	await writeFile(file, text.replace('127.0.0.1:8082', `127.0.0.1:${own}`));
	const program = await findHaproxy(process.env.PATH ?? '');
	// What it warns of, the guide should not print.
	expect(execFileSync(program, ['-c', '-f', file], { encoding: 'utf8', stdio: 'pipe' })).toMatch(/^Configuration file is valid\s*$/);
	return [`http://127.0.0.1:${own}`, spawn(program, ['-db', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] })];
}

/** A WebSocket that answers with the version. */
const echo = (version: string): FlowNode[] => [
	{ id: 'ws0', type: 'websocket-listener', path: '/echo', wholemsg: 'false' },
	node('ws1', 'websocket in', { server: 'ws0', client: '', wires: [['ws2']] }),
	node('ws2', 'function', { func: `msg.payload = '${version} ' + msg.payload;\nreturn msg;`, outputs: 1, wires: [['ws3']] }),
	node('ws3', 'websocket out', { server: 'ws0', client: '' }),
];

async function openSocket(url: string) {
	const socket = new WebSocket(`${url.replace('http', 'ws')}/echo`);
	const ended = new Promise<{ atMs: number; status: number }>((resolve) => {
		socket.once('close', (status) => resolve({ atMs: performance.now(), status }));
	});
	await once(socket, 'open');
	return {
		/** When, and with which status. */
		ended,
		ask: async (text: string) => {
			const answer = once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
			socket.send(text);
			return String((await answer)[0]);
		},
		close: () => socket.terminate(),
	};
}
