import { spawn } from 'node:child_process';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import WebSocket from 'ws';
import { type ArchiveFile, packArchive } from '../../src/lib/targets/docker/archive.ts';
import { type ComposeProject, createComposeProject } from '../support/compose-project.ts';
import { describeWithDockerAnd } from '../support/describe-with-docker.ts';
import { findProgram } from '../support/find-program.ts';
import { freePort } from '../support/gateway.ts';
import { findInstalledHaproxy } from '../support/haproxy.ts';
import { buildProgramImage } from '../support/haproxy-image.ts';
import { node, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);

const guide = fileURLToPath(new URL('../../docs/guides/docker.md', import.meta.url));
const blockOf = async (language: string) =>
	new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(await readFile(guide, 'utf8'))?.[1] as string;

const flows = (version: string) =>
	versionFlows(version, [
		{ id: 'listener', type: 'websocket-listener', path: '/echo', wholemsg: 'false' },
		node('hear', 'websocket in', { server: 'listener', client: '', wires: [['speak']] }),
		node('speak', 'websocket out', { server: 'listener', client: '' }),
	]);

describeWithDockerAnd('nginx', 'a proxy before the router, as the guide has it', () => {
	const docker = new Docker();
	let project: ComposeProject;
	const images: string[] = [];
	let version = 1;

	beforeAll(async () => {
		project = await createComposeProject(docker, 'ffw-proxy-test');
		await project.promote(flows('1'));
	});
	afterAll(async () => {
		expect(await project.remove()).toEqual([]);
		for (const image of images) await docker.getImage(image).remove();
	});

	/** HTTP while a promotion goes on, and a WebSocket before and after. */
	async function survives(port: number): Promise<void> {
		const [before, after] = [String(version), String(++version)];
		const ask = async () => {
			const answer = await fetch(`http://127.0.0.1:${port}/version`, { signal: AbortSignal.timeout(60_000) });
			return answer.ok ? await answer.text() : `status ${answer.status}`;
		};
		await until(async () => (await ask().catch(() => '')) === before, 'the proxy serves');
		expect(await echo(port, 'hello')).toBe('hello');
		const answers: string[] = [];
		let done = false;
		const traffic = (async () => {
			while (!done) {
				answers.push(await ask().catch(String));
				await sleep(20);
			}
		})();
		await project.promote(flows(after));
		done = true;
		await traffic;
		expect(answers.length).toBeGreaterThan(20);
		expect([...new Set(answers)]).toEqual([before, after]);
		expect(await echo(port, 'again')).toBe('again');
	}

	it('nginx, in the network of the environment', async () => {
		const image = await buildProgramImage(docker, await realpath(findProgram('nginx') as string), `ffw-proxy-nginx:${process.pid}`);
		images.push(image);
		const port = await freePort();
		const config = `worker_processes 1; pid /tmp/nginx.pid; error_log /dev/stderr; events {} http { access_log off;
			${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path /tmp/${each};`).join(' ')}
			${await blockOf('nginx')} }`;
		const files: ArchiveFile[] = [{ path: 'nginx.conf', content: config, mode: 0o444 }];
		const container = await docker.createContainer({
			name: `${project.prefix}-nginx`,
			Image: image,
			Entrypoint: ['nginx', '-c', '/nginx.conf', '-e', '/dev/stderr', '-g', 'daemon off;'],
			User: '1000:1000',
			ExposedPorts: { '8081/tcp': {} },
			HostConfig: { NetworkMode: project.prefix, PortBindings: { '8081/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
		});
		try {
			await container.putArchive(packArchive(files), { path: '/' });
			await container.start();
			await survives(port);
		} finally {
			await container.remove({ force: true, v: true });
		}
	});

	it('an HAProxy of the host', async () => {
		const port = await freePort();
		const file = join(project.folder, 'host.cfg');
		const text = (await blockOf('haproxy')).replace('127.0.0.1:8082', `127.0.0.1:${port}`);
		await writeFile(file, text.replace('127.0.0.1:8080', new URL(project.url).host));
		const haproxy = spawn(findInstalledHaproxy() as string, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
		try {
			await survives(port);
		} finally {
			haproxy.kill('SIGKILL');
		}
	});
});

async function echo(port: number, text: string): Promise<string> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`);
	try {
		return await new Promise((resolve, reject) => {
			socket.once('open', () => socket.send(text));
			socket.once('message', (data) => resolve(String(data)));
			socket.once('error', reject);
		});
	} finally {
		socket.close();
	}
}
