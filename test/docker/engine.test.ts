import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEngine, type Engine } from '../../src/lib/targets/docker/engine.ts';
import { explainEngineFault, withEngineFaults } from '../../src/lib/targets/docker/engine-fault.ts';
import { isEngineGone, retryWhileGone } from '../../src/lib/targets/docker/engine-gone.ts';
import { connectMachineEngine, describeWithDocker, describeWithDockerAnd, describeWithOwnEngine } from '../support/describe-with-docker.ts';
import { createAuthority } from '../support/engine-certificates.ts';
import { type OwnEngine, startOwnEngine } from '../support/own-engine.ts';
import { type SshServer, startSshServer } from '../support/ssh-server.ts';

const IMAGE = 'nodered/node-red:5';

describeWithDocker("this machine's Engine, by its socket", () => {
	let engine: Engine;
	beforeAll(async () => {
		engine = await connectMachineEngine();
	});
	afterAll(() => engine.close());

	it('answers under its name, in a version of the API that both speak', async () => {
		expect(engine).toMatchObject({ name: 'unix:///var/run/docker.sock', host: '127.0.0.1', apiVersion: '1.41' });
		expect((await engine.docker.info()).ServerVersion).toMatch(/^\d+\./);
	});

	it.each([
		['IMAGE_MISSING', 'has no image flowferry-none:1', () => engine.docker.createContainer({ Image: 'flowferry-none:1' })],
		['CONTAINER_MISSING', 'has no container flowferry-none', () => engine.docker.getContainer('flowferry-none').inspect()],
		['NETWORK_MISSING', 'has no network flowferry-none', () => engine.docker.getNetwork('flowferry-none').inspect()],
		['VOLUME_MISSING', 'has no volume flowferry-none', () => engine.docker.getVolume('flowferry-none').inspect()],
	] as [string, string, () => Promise<unknown>][])('says %s in its own words: %s', async (code, message, call) => {
		await expect(withEngineFaults(engine, call)).rejects.toMatchObject({
			code,
			message: `unix:///var/run/docker.sock ${message}`,
			hint: expect.any(String),
		});
	});
});

describeWithOwnEngine('an Engine of its own', () => {
	let own: OwnEngine;
	let folder: string;
	beforeAll(async () => {
		own = await startOwnEngine({ tls: true, addressPool: 'base=10.214.0.0/24,size=25' });
		folder = await mkdtemp(join(tmpdir(), 'flowferry-engine-client-'));
	}, 120_000);
	afterAll(async () => {
		await own.stop();
		await rm(folder, { recursive: true });
	}, 120_000);

	/** A client's folder, as DOCKER_CERT_PATH names it. */
	async function certificates(name: string, { ca = own.authority!.ca, client = true, days = 2 } = {}) {
		const path = join(folder, name);
		await mkdir(path);
		await copyFile(ca, join(path, 'ca.pem'));
		if (client) {
			const { cert, key } = await own.authority!.issue(`client-${name}`, 'clientAuth', '', days);
			await copyFile(cert, join(path, 'cert.pem'));
			await copyFile(key, join(path, 'key.pem'));
		}
		return { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: path };
	}

	it('is reached over TCP with the right certificates, and its ports at its address', async () => {
		const engine = await connectEngine({ host: own.tcp, env: await certificates('right') });
		expect(engine).toMatchObject({ name: own.tcp, host: own.ip });
		expect(await engine.docker.listContainers()).toEqual([]);
	});

	it.each([
		['a wrong authority', 'not from the authority in ca.pem', async () => ({ ca: (await createAuthority(join(folder, 'other'))).ca })],
		['no certificate of the client', "refuses this client's certificate", async () => ({ client: false })],
		['an expired certificate of the client', "refuses this client's certificate|has expired", async () => ({ days: -1 })],
	])('refuses %s, and that is said', async (name, message, how) => {
		const env = await certificates(name.replaceAll(' ', '-'), await how());
		await expect(connectEngine({ host: own.tcp, env })).rejects.toMatchObject({
			code: 'ENGINE_TLS',
			message: expect.stringMatching(message),
		});
	});

	it('is not believed under a name that is not in its certificate, or with one that has expired', async () => {
		const env = await certificates('names');
		await own.authority!.issue('server', 'serverAuth', 'IP:10.1.2.3');
		await own.restart();
		await expect(connectEngine({ host: own.tcp, env })).rejects.toMatchObject({
			message: `${own.tcp}: the Engine's certificate is for another name`,
		});
		await own.authority!.issue('server', 'serverAuth', `IP:${own.ip}`, -1);
		await own.restart();
		await expect(connectEngine({ host: own.tcp, env })).rejects.toMatchObject({ message: `${own.tcp}: a certificate has expired` });
		await own.authority!.issue('server', 'serverAuth', `IP:${own.ip}`);
		await own.restart();
		await expect(connectEngine({ host: own.tcp, env })).resolves.toMatchObject({ host: own.ip });
	}, 120_000);

	it('is refused in plain TCP, without a try', async () => {
		await expect(connectEngine({ host: own.tcp, env: {} })).rejects.toMatchObject({ code: 'ENGINE_INSECURE' });
	});

	it('is reached by a docker context that names it', async () => {
		const env = await certificates('context');
		const id = createHash('sha256').update('plant').digest('hex');
		const contexts = join(folder, 'config', 'contexts');
		await mkdir(join(contexts, 'meta', id), { recursive: true });
		await mkdir(join(contexts, 'tls', id, 'docker'), { recursive: true });
		await writeFile(join(contexts, 'meta', id, 'meta.json'), JSON.stringify({ Name: 'plant', Endpoints: { docker: { Host: own.tcp } } }));
		for (const file of ['ca.pem', 'cert.pem', 'key.pem']) {
			await copyFile(join(env.DOCKER_CERT_PATH, file), join(contexts, 'tls', id, 'docker', file));
		}
		const engine = await connectEngine({ context: 'plant', env: { DOCKER_CONFIG: join(folder, 'config') } });
		expect(engine).toMatchObject({ name: `context plant (${own.tcp})`, host: own.ip });
		expect((await engine.docker.info()).DockerRootDir).toContain('flowferry-engine-');
	});

	it('that does not answer is not waited for', async () => {
		own.freeze();
		try {
			await expect(connectEngine({ host: own.host, env: {} }, { answerMs: 500 })).rejects.toMatchObject({ code: 'ENGINE_NOT_ANSWERING' });
		} finally {
			own.thaw();
		}
	});

	it('that has no subnets left says so', async () => {
		const engine = await own.connect();
		// The pool has two: the Engine's own bridge takes the other.
		await engine.docker.createNetwork({ Name: 'last' });
		const create = withEngineFaults(engine, () => engine.docker.createNetwork({ Name: 'one-too-many' }));
		await expect(create).rejects.toMatchObject({ code: 'ENGINE_NO_SUBNETS' });
	});

	it('killed in the middle of a call and started again: the call goes on', async () => {
		const engine = await own.connect();
		await engine.docker.createVolume({ Name: 'kept' });
		const words: string[] = [];
		let calls = 0;
		const work = retryWhileGone(
			async () => {
				calls++;
				own.freeze();
				const answer = engine.docker.getVolume('kept').inspect();
				if (calls > 1) own.thaw();
				return answer;
			},
			{ forMs: 30_000, onWait: (word) => words.push(word) },
		);
		await sleep(300);
		await own.kill();
		await sleep(500);
		await own.start();
		expect((await work).Name).toBe('kept');
		expect(calls).toBeGreaterThan(1);
		expect(words).toEqual(['waits for the Docker Engine']);
	}, 60_000);

	it('that stays away ends the waiting', async () => {
		const engine = await own.connect();
		await own.kill();
		try {
			const error = await retryWhileGone(() => engine.docker.info(), { forMs: 600, everyMs: 100 }).catch((cause: unknown) => cause);
			expect(isEngineGone(error)).toBe(true);
			expect(explainEngineFault(error, engine.name)).toMatchObject({ code: 'ENGINE_NOT_REACHABLE' });
		} finally {
			await own.start();
		}
	}, 60_000);
});

describeWithDocker('containers of this machine', () => {
	it('that want a taken port or name are refused with what is taken', async () => {
		const engine = await connectMachineEngine();
		const name = `ffw-engine-${process.pid}`;
		const made: string[] = [];
		const create = async (container: string, port: string) => {
			const ports = { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] };
			const { id } = await engine.docker.createContainer({
				Image: IMAGE,
				name: container,
				ExposedPorts: { '80/tcp': {} },
				Entrypoint: ['sleep'],
				Cmd: ['60'],
				HostConfig: { PortBindings: ports },
			});
			made.push(id);
			return engine.docker.getContainer(id);
		};
		try {
			const first = await create(`${name}-a`, '');
			await first.start();
			const port = (await first.inspect()).NetworkSettings.Ports['80/tcp']![0]!.HostPort;
			const second = await create(`${name}-b`, port);
			await expect(withEngineFaults(engine, () => second.start())).rejects.toMatchObject({
				code: 'PORT_IN_USE',
				message: expect.stringContaining(`port ${port} `),
			});
			await expect(withEngineFaults(engine, () => create(`${name}-a`, ''))).rejects.toMatchObject({
				code: 'ENGINE_NAME_TAKEN',
				message: `${engine.name} has a container named ${name}-a already`,
			});
			await expect(withEngineFaults(engine, () => second.exec({ Cmd: ['true'] }))).rejects.toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
		} finally {
			for (const id of made) await engine.docker.getContainer(id).remove({ force: true, v: true });
			engine.close();
		}
	}, 60_000);
});

describeWithDockerAnd('sshd', 'an Engine behind ssh', () => {
	let server: SshServer;
	beforeAll(async () => {
		server = await startSshServer();
	});
	afterAll(() => server.stop());

	it('is reached with a known host key and a key of the user, call after call by one connection', async () => {
		const began = performance.now();
		const engine = await connectEngine({ host: server.url, env: { PATH: await server.searchPath() } });
		const connectMs = performance.now() - began;
		expect(engine).toMatchObject({ name: server.url, host: '127.0.0.1' });
		const times: number[] = [];
		for (let i = 0; i < 5; i++) {
			const start = performance.now();
			await engine.docker.ping();
			times.push(performance.now() - start);
		}
		expect(Math.min(...times)).toBeLessThan(connectMs / 2);
		engine.close();
	});

	it('carries streams both ways: an exec that answers what it is told', async () => {
		const engine = await connectEngine({ host: server.url, env: { PATH: await server.searchPath() } });
		const container = await engine.docker.createContainer({
			Image: IMAGE,
			name: `ffw-engine-ssh-${process.pid}`,
			Entrypoint: ['sleep'],
			Cmd: ['60'],
		});
		try {
			await container.start();
			const exec = await container.exec({ Cmd: ['tr', 'a-z', 'A-Z'], AttachStdin: true, AttachStdout: true, Tty: false });
			const stream = await exec.start({ hijack: true, stdin: true });
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.end('over the water');
			await new Promise((resolve) => stream.once('end', resolve));
			expect(Buffer.concat(chunks).subarray(8).toString()).toBe('OVER THE WATER');
		} finally {
			await container.remove({ force: true, v: true });
			engine.close();
		}
	}, 60_000);

	it.each([
		['an unknown host key', 'ENGINE_SSH_HOST_KEY', { known: false }],
		['a key that is not known there', 'ENGINE_SSH_REFUSED', { key: false }],
	])('is not reached with %s', async (_what, code, how) => {
		const env = { PATH: await server.searchPath(how) };
		await expect(connectEngine({ host: server.url, env })).rejects.toMatchObject({ code, message: expect.stringContaining(server.url) });
	});

	it('with no Engine there says that ssh works', async () => {
		const env = { PATH: await server.searchPath() };
		await expect(connectEngine({ host: `${server.url}/run/flowferry-none.sock`, env })).rejects.toMatchObject({
			code: 'ENGINE_NOT_REACHABLE',
			message: expect.stringContaining('ssh works'),
		});
	});
});
