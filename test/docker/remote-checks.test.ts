import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { describeWithOwnEngine } from '../support/describe-with-docker.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../support/engine-project.ts';
import { type OwnEngine, startOwnEngine } from '../support/own-engine.ts';
import { node, versionFlows } from '../support/project.ts';

jest.setTimeout(600_000);

/** No network of this machine has it. */
const POOL = { pool: '10.214.0.0/16', first: '10.214.' };

describeWithOwnEngine("checks and hooks with an engine whose containers' network cannot be reached", () => {
	const name = `ffw-cmds-checks-${process.pid}`;
	let own: OwnEngine;
	let docker: Docker;
	let images: ProjectImages;
	let project: DockerProject;
	let certificates: string;

	beforeAll(async () => {
		images = await projectImages(new Docker(), name);
		own = await startOwnEngine({ tls: true, addressPool: `base=${POOL.pool},size=24` });
		docker = (await own.connect()).docker;
		for (const image of [images.base, images.router]) await own.loadImage(new Docker(), image, 300_000);
		certificates = await mkdtemp(join(tmpdir(), 'flowferry-certificates-'));
		await mkdir(certificates, { recursive: true });
		const { cert, key } = await own.authority!.issue('client', 'clientAuth');
		for (const [from, to] of Object.entries({ [own.authority!.ca]: 'ca.pem', [cert]: 'cert.pem', [key]: 'key.pem' })) {
			await copyFile(from, join(certificates, to));
		}
		project = await createDockerProject(docker, {
			...{ name, images, environment: { host: '0.0.0.0' }, docker: { host: own.tcp } },
			env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates },
		});
	}, 600_000);
	afterAll(async () => {
		await project?.dispose();
		await own?.stop();
		await images?.remove();
		await rm(certificates, { recursive: true });
	}, 300_000);

	const ask = async (path: string) => await (await fetch(`http://${own.ip}:${project.port}${path}`)).text();
	const curl = 'curl --silent --show-error --fail --max-time 5 "$FLOWFERRY_URL/version"';

	it('pass through the keeper, and their tunnels are gone afterwards', async () => {
		await project.configure({
			checks: [{ http: '/version', contains: 'one' }, { command: `${curl} > check && echo "$FLOWFERRY_URL" > check-url` }],
			hooks: { after: { verify: `${curl} > hook` }, promoted: 'curl --fail --max-time 5 "$FLOWFERRY_GATEWAY_URL/version" > gateway' },
		});
		await project.setFlows(versionFlows('one'));
		const { warnings } = await project.done(0, 'promote', 'production', '--yes');
		expect(warnings.filter((warning: string) => /hook|check/.test(warning))).toEqual([]);
		const read = async (file: string) => (await readFile(join(project.folder, file), 'utf8')).trim();
		expect([await read('check'), await read('hook'), await read('gateway')]).toEqual(['one', 'one', 'one']);
		expect(await ask('/version')).toBe('one');

		// What they were given is no address of the containers' network, and leads nowhere any more.
		const tunnel = new URL(await read('check-url'));
		expect(tunnel.hostname).toBe('127.0.0.1');
		await expect(reach(tunnel.hostname, Number(tunnel.port))).rejects.toThrow('ECONNREFUSED');
		const { NetworkSettings } = await docker.getContainer(`${name}-blue-0`).inspect();
		const address = NetworkSettings.Networks[name]?.IPAddress as string;
		expect(address.startsWith(POOL.first)).toBe(true);
		expect(execFileSync('ip', ['-4', 'route'], { encoding: 'utf8' })).not.toContain(POOL.first);
		const processes = await docker.getContainer(`${name}-keeper`).top();
		expect(processes.Processes.filter((fields: string[]) => fields.join(' ').includes('main.js tunnel'))).toEqual([]);
	});

	it('have the promotion go back where one fails', async () => {
		await project.configure({ checks: [{ http: '/version', contains: 'one' }], timeouts: { hungMs: 5000, verifyMs: 4000 } });
		await project.setFlows(versionFlows('two', [node('c1', 'comment', {})]));
		const { error } = await project.done(4, 'promote', 'production', '--yes');
		expect(error.message).toContain("the answer does not contain 'one'");
		expect(await ask('/version')).toBe('one');
	});
});

function reach(host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, host, () => {
			socket.destroy();
			resolve();
		});
		socket.once('error', reject);
	});
}
