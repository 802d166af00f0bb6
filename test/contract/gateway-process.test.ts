import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath } from '../../src/lib/adapters/package-root.ts';
import { isAlive } from '../../src/lib/adapters/process-identity.ts';
import { GatewayRouter } from '../../src/lib/routers/gateway/gateway-router.ts';
import { gatewayFiles, startGateway } from '../../src/lib/routers/gateway/launch.ts';
import { readGatewayState } from '../../src/lib/routers/gateway/state-file.ts';
import { stopGateway } from '../../src/lib/routers/gateway/stop.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { startTestGateway, type TestGateway, until } from '../support/gateway.ts';

let gateway: TestGateway;
let backend: Backend;

beforeEach(async () => {
	[gateway, backend] = await Promise.all([startTestGateway(), startBackend('blue/0')]);
});
afterEach(async () => {
	await gateway.remove();
	await backend.kill();
});

async function killGateway(): Promise<void> {
	const pid = await gateway.pid();
	process.kill(pid, 'SIGKILL');
	await until(() => !isAlive(pid));
}

async function waiting(): Promise<number> {
	const traffic = (await gateway.router.status())?.traffic;
	return traffic?.state === 'held' ? traffic.waiting : -1;
}

describe('the gateway process', () => {
	it('starts closed, with its secrets for its user alone', async () => {
		expect((await gateway.router.status())?.traffic).toEqual({ state: 'closed' });
		for (const file of [gateway.files.tokenFile, gateway.files.stateFile, gateway.files.configFile]) {
			expect((await stat(file)).mode & 0o777).toBe(0o600);
		}
		const token = (await readFile(gateway.files.tokenFile, 'utf8')).trim();
		expect(token).toMatch(/^[0-9a-f]{64}$/);
		expect(await readFile(gateway.files.logFile, 'utf8')).not.toContain(token);
	});

	it('goes on with its route after kill -9', async () => {
		await gateway.router.route([backend.upstream]);
		await killGateway();
		expect(await gateway.router.status()).toBeNull();
		await gateway.start();
		expect(await (await fetch(gateway.url)).text()).toBe('blue/0');
	});

	it('goes on holding, with the same limits, after kill -9', async () => {
		await gateway.router.route([backend.upstream]);
		await gateway.router.hold({ maxMs: 4_000, maxRequests: 1 });
		const before = await gateway.router.status();
		await killGateway();
		await gateway.start();
		expect((await gateway.router.status())?.traffic).toEqual(before?.traffic);
		const held = fetch(gateway.url);
		await until(async () => (await waiting()) === 1);
		expect((await fetch(gateway.url)).status).toBe(503);
		await gateway.router.route([backend.upstream]);
		expect(await (await held).text()).toBe('blue/0');
	});

	it('ends on SIGTERM after what is in flight, and refuses what is held', async () => {
		await gateway.router.route([backend.upstream]);
		const answer = fetch(`${gateway.url}/slow?ms=2000`);
		await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 1);
		await gateway.router.hold({ maxMs: 5_000, maxRequests: 10 });
		const held = fetch(gateway.url);
		await until(async () => (await gateway.router.status())?.totals.held === 1);
		const pid = await gateway.pid();
		process.kill(pid, 'SIGTERM');
		expect((await held).status).toBe(503);
		expect(await (await answer).text()).toBe('blue/0');
		await until(() => !isAlive(pid));
	});
});

describe('starting and stopping', () => {
	it('starts nothing where the gateway runs already', async () => {
		const pid = await gateway.pid();
		await gateway.start();
		expect(await gateway.pid()).toBe(pid);
	});

	it('refuses to run one environment at two addresses', async () => {
		const elsewhere = startGateway({ name: 'production', host: '127.0.0.1', port: gateway.port + 1, files: gateway.files });
		await expect(elsewhere).rejects.toMatchObject({ code: 'GATEWAY_ELSEWHERE', message: expect.stringContaining(gateway.url) });
	});

	it('names the port that is in use, and the key to change', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'flowferry-gateway-'));
		try {
			const files = gatewayFiles(directory);
			const second = startGateway({ name: 'staging', host: '127.0.0.1', port: gateway.port, files });
			await expect(second).rejects.toMatchObject({
				code: 'PORT_IN_USE',
				exitStatus: 2,
				message: expect.stringContaining(`127.0.0.1:${gateway.port}`),
				hint: expect.stringContaining('environments.staging.port'),
			});
			expect(await readGatewayState(files.stateFile)).toBeNull();
		} finally {
			await rm(directory, { recursive: true });
		}
	});

	it('stops once and for all, and again at no cost', async () => {
		const pid = await gateway.pid();
		await stopGateway(gateway.files);
		expect(isAlive(pid)).toBe(false);
		expect(await gateway.router.status()).toBeNull();
		await stopGateway(gateway.files);
		await expect(gateway.router.hold({ maxMs: 1, maxRequests: 1 })).rejects.toMatchObject({ code: 'GATEWAY_DOWN' });
	});

	it('kills a gateway that is stuck', async () => {
		const pid = await gateway.pid();
		process.kill(pid, 'SIGSTOP');
		await expect(gateway.router.status()).rejects.toMatchObject({ code: 'GATEWAY_UNRESPONSIVE' });
		await stopGateway(gateway.files);
		expect(isAlive(pid)).toBe(false);
	}, 20_000);

	it('leaves a program alone that has got the process id since', async () => {
		await killGateway();
		const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
		try {
			const state = await readGatewayState(gateway.files.stateFile);
			await writeFile(gateway.files.stateFile, JSON.stringify({ ...state, pid: stranger.pid }));
			expect(await gateway.router.status()).toBeNull();
			await stopGateway(gateway.files);
			expect(isAlive(stranger.pid!)).toBe(true);
		} finally {
			stranger.kill('SIGKILL');
		}
	});
});

describe('the control API', () => {
	const call = async (path: string, init: RequestInit = {}, token?: string) => {
		const { controlUrl } = (await readGatewayState(gateway.files.stateFile))!;
		const bearer = token ?? (await readFile(gateway.files.tokenFile, 'utf8')).trim();
		return fetch(`${controlUrl}${path}`, { ...init, headers: { authorization: `Bearer ${bearer}` } });
	};

	it('tells nothing to who lacks the token', async () => {
		for (const [path, token] of [
			['/status', 'wrong'],
			['/status', ''],
			['/nowhere', 'a'.repeat(64)],
		] as const) {
			const answer = await call(path, {}, token);
			expect([answer.status, await answer.text()]).toEqual([401, '']);
		}
		const tokenFile = join(gateway.files.tokenFile, '..', 'other.token');
		await writeFile(tokenFile, 'b'.repeat(64));
		const stranger = new GatewayRouter({ stateFile: gateway.files.stateFile, tokenFile });
		await expect(stranger.route([])).rejects.toMatchObject({ code: 'GATEWAY_TOKEN_WRONG' });
	});

	it('refuses what it does not understand, and changes nothing', async () => {
		await gateway.router.route([backend.upstream]);
		const answers = [
			await call('/traffic', { method: 'PUT', body: 'not JSON' }),
			await call('/traffic', { method: 'PUT', body: '{"state":"flowing","upstreams":[{"instance":"a","url":"ftp://b"}]}' }),
			await call('/traffic', { method: 'PUT', body: 'x'.repeat(1_000_000) }),
			await call('/nowhere'),
		];
		expect(answers.map(({ status }) => status)).toEqual([400, 400, 413, 404]);
		for (const answer of answers) expect(await answer.json()).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
		expect((await gateway.router.status())?.traffic).toEqual({ state: 'flowing', upstreams: [backend.upstream] });
	});
});

describe('the program', () => {
	it.each([
		[[], 'no file was named'],
		[['/nowhere/config.json'], '/nowhere/config.json'],
	])('exits with 2 and one line of JSON when started with %j', async (args, expected) => {
		const child = spawn(process.execPath, [programPath('gateway'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
		let text = '';
		child.stderr.on('data', (data) => {
			text += data;
		});
		const [status] = await once(child, 'close');
		expect(status).toBe(2);
		expect(JSON.parse(text)).toMatchObject({ code: 'GATEWAY_CONFIG_INVALID', message: expect.stringContaining(expected) });
	});

	it('lives on when its outputs are closed, and exits with 0 when asked to end', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'flowferry-gateway-'));
		const { configFile, stateFile, tokenFile } = gatewayFiles(directory);
		await writeFile(tokenFile, 'c'.repeat(64));
		await writeFile(
			configFile,
			JSON.stringify({ name: 'staging', host: '127.0.0.1', port: 0, stateFile, tokenFile, takeover: { maxMs: 1, maxRequests: 1 } }),
		);
		const child = spawn(process.execPath, [programPath('gateway'), configFile], { stdio: ['ignore', 'pipe', 'pipe'] });
		const ended = once(child, 'exit');
		try {
			const router = new GatewayRouter({ stateFile, tokenFile });
			await until(async () => (await router.status()) !== null);
			child.stdout.destroy();
			child.stderr.destroy();
			for (let count = 0; count < 3; count++) await router.route([backend.upstream]);
			expect((await router.status())?.pid).toBe(child.pid);
			child.kill('SIGINT');
			expect(await ended).toEqual([0, null]);
		} finally {
			child.kill('SIGKILL');
			await rm(directory, { recursive: true });
		}
	});
});
