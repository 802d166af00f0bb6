import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { request as requestByTls } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { isAlive } from '../../src/lib/adapters/process-identity.ts';
import { initialMap, renderHaproxyConfig } from '../../src/lib/routers/haproxy/config-file.ts';
import { haproxyFiles } from '../../src/lib/routers/haproxy/haproxy-files.ts';
import { HaproxyRouter } from '../../src/lib/routers/haproxy/haproxy-router.ts';
import { holdBackends } from '../../src/lib/routers/haproxy/hold-backends.ts';
import { startHaproxy } from '../../src/lib/routers/haproxy/launch.ts';
import { findHaproxy } from '../../src/lib/routers/haproxy/program.ts';
import { ask } from '../../src/lib/routers/haproxy/runtime-socket.ts';
import { readHaproxyState, writeHaproxyState } from '../../src/lib/routers/haproxy/state-file.ts';
import { stopHaproxy } from '../../src/lib/routers/haproxy/stop.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { createAuthority } from '../support/engine-certificates.ts';
import { freePort, until } from '../support/gateway.ts';
import { describeWithHaproxy, findInstalledHaproxy, startTestHaproxy, type TestHaproxy } from '../support/haproxy.ts';

describeWithHaproxy('HAProxy as a process', () => {
	let haproxy: TestHaproxy;
	let backend: Backend;

	beforeEach(async () => {
		[haproxy, backend] = await Promise.all([startTestHaproxy(), startBackend('blue/0')]);
	});
	afterEach(async () => {
		await haproxy.remove();
		await backend.kill();
	});

	const kill = async () => {
		const pid = await haproxy.pid();
		process.kill(pid, 'SIGKILL');
		await until(() => !isAlive(pid));
	};
	const waiting = async () => {
		const traffic = (await haproxy.router.status())?.traffic;
		return traffic?.state === 'held' ? traffic.waiting : -1;
	};

	it('starts closed, without a warning, and only its user can order it', async () => {
		expect((await haproxy.router.status())?.traffic).toEqual({ state: 'closed' });
		const { socketFile, occupantFile, stateFile, configFile, mapFile, logFile } = haproxy.files;
		for (const file of [socketFile, occupantFile, stateFile, configFile, mapFile, logFile]) {
			expect((await stat(file)).mode & 0o777).toBe(0o600);
		}
		expect(await readFile(logFile, 'utf8')).not.toMatch(/WARNING|ALERT/);
	});

	it('goes on with its route after kill -9', async () => {
		await haproxy.router.route([backend.upstream]);
		await kill();
		expect(await haproxy.router.status()).toBeNull();
		await expect(haproxy.router.route([backend.upstream])).rejects.toMatchObject({ code: 'HAPROXY_DOWN' });
		await haproxy.start();
		expect(await (await fetch(haproxy.url)).text()).toBe('blue/0');
	});

	it('goes on holding, with the same limits, after kill -9', async () => {
		await haproxy.router.route([backend.upstream]);
		await haproxy.router.hold({ maxMs: 4_000, maxRequests: 1 });
		const before = await haproxy.router.status();
		await kill();
		await haproxy.start();
		expect((await haproxy.router.status())?.traffic).toEqual(before?.traffic);
		const held = fetch(haproxy.url);
		await until(async () => (await waiting()) === 1);
		expect((await fetch(haproxy.url)).status).toBe(503);
		await haproxy.router.route([backend.upstream]);
		expect(await (await held).text()).toBe('blue/0');
	});

	it('closes a gate whose occupant has gone, before it holds again', async () => {
		const holdAndRelease = async () => {
			await haproxy.router.hold({ maxMs: 5_000, maxRequests: 10 });
			const held = fetch(haproxy.url);
			await until(async () => (await waiting()) === 1);
			await haproxy.router.route([backend.upstream]);
			return (await held).text();
		};
		await haproxy.router.route([backend.upstream]);
		expect(await holdAndRelease()).toBe('blue/0');
		await ask(haproxy.files.socketFile, ['shutdown sessions server nowhere/hold-5000']);
		expect(await holdAndRelease()).toBe('blue/0');
	});

	it('refuses what is held when it is stopped, and lets end what is in flight', async () => {
		await haproxy.router.route([backend.upstream]);
		const answer = fetch(`${haproxy.url}/slow?ms=2000`);
		await until(async () => (await haproxy.router.status())?.inFlight['blue/0'] === 1);
		await haproxy.router.hold({ maxMs: 5_000, maxRequests: 10 });
		const held = fetch(haproxy.url);
		await until(async () => (await waiting()) === 1);
		const pid = await haproxy.pid();
		await stopHaproxy(haproxy.files);
		expect((await held).status).toBe(503);
		expect(await (await answer).text()).toBe('blue/0');
		expect(isAlive(pid)).toBe(false);
		expect(await haproxy.router.status()).toBeNull();
		await stopHaproxy(haproxy.files);
	});

	it('passes by an instance that is gone, and says 503 where there is no other', async () => {
		const gone = { instance: 'blue/1', url: `http://127.0.0.1:${await freePort()}` };
		await haproxy.router.route([backend.upstream, gone]);
		const answers = await Promise.all([1, 2, 3, 4].map((count) => fetch(`${haproxy.url}/${count}`, { method: 'POST', body: 'x' })));
		expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['blue/0', 'blue/0', 'blue/0', 'blue/0']);
		const failed = (await haproxy.router.status())!.totals.failed;
		await haproxy.router.route([gone]);
		expect((await fetch(haproxy.url)).status).toBe(503);
		expect((await haproxy.router.status())!.totals.failed).toBe(failed + 1);
	}, 20_000);

	it('tells the instance who asked, and by what', async () => {
		await haproxy.router.route([backend.upstream]);
		const asking = request(`${haproxy.url}/echo`, {
			headers: { 'flowferry-occupant': 'hold-1000', connection: 'upgrade', upgrade: 'h2c' },
		}).end();
		const [answer] = (await once(asking, 'response')) as [IncomingMessage];
		const { headers } = (await json(answer)) as { headers: Record<string, string> };
		expect(headers).toMatchObject({
			'x-forwarded-for': '127.0.0.1',
			'x-forwarded-proto': 'http',
			'x-forwarded-host': `127.0.0.1:${haproxy.port}`,
			'x-forwarded-port': String(haproxy.port),
		});
		expect(headers).not.toHaveProperty('flowferry-occupant');
		expect(headers).not.toHaveProperty('upgrade');
	});

	it('counts WebSockets apart from requests, and cuts them when a hold begins, where it is told to', async () => {
		const green = await startBackend('green/0');
		try {
			const router = new HaproxyRouter(haproxy.files, { webSockets: 'close' });
			await router.route([backend.upstream]);
			const socket = new WebSocket(haproxy.url.replace('http', 'ws'));
			await new Promise((resolve) => socket.once('open', resolve));
			expect(await router.status()).toMatchObject({ inFlight: { 'blue/0': 0 }, webSockets: { 'blue/0': 1 } });
			const closed = new Promise((resolve) => socket.once('close', resolve));
			await router.hold({ maxMs: 5_000, maxRequests: 10 });
			await closed;
			await router.route([green.upstream]);
			expect((await router.status())?.webSockets).toEqual({ 'green/0': 0 });
		} finally {
			await green.kill();
		}
	});

	it('gives its own figures to Prometheus where it is asked to, and names the key where the port is in use', async () => {
		await stopHaproxy(haproxy.files);
		const metricsPort = await freePort();
		await startHaproxy({ ...haproxy.launch, metricsPort });
		const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
		expect(page).toContain('haproxy_frontend_http_requests_total{proxy="public"} 0');
		const directory = await mkdtemp(join(tmpdir(), 'flowferry-haproxy-'));
		const second = startHaproxy({ ...haproxy.launch, port: await freePort(), metricsPort, files: haproxyFiles(directory) });
		await expect(second).rejects.toMatchObject({
			code: 'PORT_IN_USE',
			hint: expect.stringContaining('environments.production.metricsPort'),
		});
		await rm(directory, { recursive: true });
	});

	it('starts nothing where it runs already, and refuses two addresses for one environment', async () => {
		const pid = await haproxy.pid();
		await haproxy.start();
		expect(await haproxy.pid()).toBe(pid);
		const elsewhere = startHaproxy({ ...haproxy.launch, port: haproxy.port + 1 });
		await expect(elsewhere).rejects.toMatchObject({ code: 'HAPROXY_ELSEWHERE', message: expect.stringContaining(haproxy.url) });
	});

	it('ends one whose state file was lost, and starts in its place', async () => {
		const pid = await haproxy.pid();
		await rm(haproxy.files.stateFile);
		await haproxy.start();
		expect(isAlive(pid)).toBe(false);
		expect((await haproxy.router.status())?.traffic).toEqual({ state: 'closed' });
	});

	it('names the port that is in use, by another HAProxy or by a stranger, and the key to change', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'flowferry-haproxy-'));
		const stranger = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => stranger.once('listening', resolve));
		try {
			for (const port of [haproxy.port, (stranger.address() as { port: number }).port]) {
				const second = startHaproxy({ ...haproxy.launch, name: 'staging', port, files: haproxyFiles(directory) });
				await expect(second).rejects.toMatchObject({
					code: 'PORT_IN_USE',
					exitStatus: 2,
					message: expect.stringContaining(`127.0.0.1:${port}`),
					hint: expect.stringContaining('environments.staging.port'),
				});
			}
			expect(await readHaproxyState(haproxyFiles(directory).stateFile)).toBeNull();
			const nowhere = startHaproxy({ ...haproxy.launch, host: '203.0.113.7', files: haproxyFiles(directory) });
			await expect(nowhere).rejects.toMatchObject({ code: 'ADDRESS_NOT_AVAILABLE' });
		} finally {
			stranger.close();
			await rm(directory, { recursive: true });
		}
	});

	it('says that a path is too long for its socket', async () => {
		const files = haproxyFiles(join(tmpdir(), 'a'.repeat(100)));
		const launch = startHaproxy({ ...haproxy.launch, files });
		await expect(launch).rejects.toMatchObject({
			code: 'HAPROXY_PATH_TOO_LONG',
			hint: expect.stringContaining('environments.production.directory'),
		});
	});

	it('kills one that is stuck, and leaves a program alone that has got its process id since', async () => {
		const pid = await haproxy.pid();
		process.kill(pid, 'SIGSTOP');
		await expect(haproxy.router.status()).rejects.toMatchObject({ code: 'HAPROXY_UNRESPONSIVE' });
		await stopHaproxy(haproxy.files);
		expect(isAlive(pid)).toBe(false);

		const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
		try {
			await writeHaproxyState(haproxy.files.stateFile, { pid: stranger.pid!, publicUrl: haproxy.url, traffic: { state: 'closed' } });
			expect(await haproxy.router.status()).toBeNull();
			await stopHaproxy(haproxy.files);
			expect(isAlive(stranger.pid!)).toBe(true);
		} finally {
			stranger.kill('SIGKILL');
		}
	}, 30_000);
});

describe('finding HAProxy', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-path-'));
	});
	afterEach(() => rm(folder, { recursive: true }));

	const install = (script: string, mode = 0o755) =>
		writeFile(join(folder, 'haproxy'), `#!/bin/sh\n${script}\n`).then(() => chmod(join(folder, 'haproxy'), mode));

	it('takes the first of the PATH that is new enough', async () => {
		await mkdir(join(folder, 'empty'));
		for (const version of ['2.6.12-1+deb12u4 2026/10/17', '3.0.5', '10.0-dev1-ab12']) {
			await install(`echo "HAProxy version ${version} - https://haproxy.org/"`);
			expect(await findHaproxy(`${join(folder, 'empty')}:${folder}`, [])).toBe(join(folder, 'haproxy'));
		}
	});

	it('says what to do where it is missing, too old, or cannot be run', async () => {
		const hint = expect.stringContaining('router: gateway');
		await expect(findHaproxy(folder, [])).rejects.toMatchObject({ code: 'HAPROXY_MISSING', exitStatus: 2, hint });
		await install('echo "HA-Proxy version 2.2.9-2+deb11u6 2023/12/16"');
		await expect(findHaproxy(folder, [])).rejects.toMatchObject({ code: 'HAPROXY_TOO_OLD', message: expect.stringContaining('2.2'), hint });
		await install('echo hello');
		await expect(findHaproxy(folder, [])).rejects.toMatchObject({ code: 'HAPROXY_NOT_RUNNABLE', hint });
		await install('exit 1');
		await expect(findHaproxy(folder, [])).rejects.toMatchObject({ code: 'HAPROXY_NOT_RUNNABLE', hint });
		await install('echo', 0o644);
		await expect(findHaproxy(folder, [])).rejects.toMatchObject({
			code: 'HAPROXY_NOT_RUNNABLE',
			message: expect.stringContaining('permission'),
			hint,
		});
	});
});

describeWithHaproxy('HAProxy with a certificate, as in a container', () => {
	it('serves HTTPS, says so to the instance, at the port that users see, and its figures where it is told to', async () => {
		const program = findInstalledHaproxy() as string;
		const directory = await mkdtemp(join(tmpdir(), 'flowferry-haproxy-'));
		const files = haproxyFiles(directory);
		const backend = await startBackend('blue/0');
		const { cert, key } = await (await createAuthority(join(directory, 'tls'))).issue('router', 'serverAuth', 'IP:127.0.0.1');
		const certificate = join(directory, 'router.pem');
		await writeFile(certificate, (await readFile(cert, 'utf8')) + (await readFile(key, 'utf8')), { mode: 0o400 });
		const [port, metricsPort] = [await freePort(), await freePort()];
		const template = await readFile(new URL('../../templates/haproxy.cfg', import.meta.url), 'utf8');
		const address = { host: '0.0.0.0', port, publicPort: 18443, metricsPort, metricsHost: '0.0.0.0', certificate, takeoverMs: 1000 };
		await writeFile(files.configFile, renderHaproxyConfig(template, address, holdBackends(5000)));
		await writeFile(files.mapFile, initialMap);
		await writeHaproxyState(files.stateFile, { pid: null, publicUrl: 'https://plant:18443', traffic: { state: 'closed' } });
		expect(execFileSync(program, ['-c', '-f', files.configFile], { cwd: directory, stdio: 'pipe' }).toString()).not.toMatch(
			/WARNING|ALERT/,
		);
		const haproxy = spawn(program, ['-db', '-f', files.configFile], { cwd: directory, stdio: 'ignore' });
		try {
			const router = new HaproxyRouter(files);
			await until(async () => (await router.status().catch(() => null)) !== null);
			await router.route([backend.upstream]);
			const answer = await new Promise<IncomingMessage>((resolve, reject) => {
				const options = { ca: readFileSync(join(directory, 'tls', 'ca.pem')), agent: false };
				requestByTls(`https://127.0.0.1:${port}/echo`, options, resolve).on('error', reject).end();
			});
			expect(await json(answer)).toMatchObject({ headers: { 'x-forwarded-proto': 'https', 'x-forwarded-port': '18443' } });
			expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain('haproxy_process_start_time_seconds');
			expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);
		} finally {
			haproxy.kill('SIGKILL');
			await once(haproxy, 'exit');
			await backend.kill();
			await rm(directory, { recursive: true });
		}
	});
});
