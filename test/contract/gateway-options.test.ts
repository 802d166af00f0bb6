import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startGateway } from '../../src/lib/routers/gateway/launch.ts';
import { stopGateway } from '../../src/lib/routers/gateway/stop.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { freePort, startTestGateway, type TestGateway, until } from '../support/gateway.ts';

describe('the gateway with all that can be asked of it', () => {
	let gateway: TestGateway;
	let metricsPort: number;
	let blue: Backend;
	let green: Backend;

	beforeAll(async () => {
		metricsPort = await freePort();
		[gateway, blue, green] = await Promise.all([
			startTestGateway({ webSockets: 'close', accessLogBytes: 1024 * 1024, metricsPort }),
			startBackend('blue/0'),
			startBackend('green/0'),
		]);
	});
	afterAll(async () => {
		await gateway.remove();
		await Promise.all([blue.kill(), green.kill()]);
	});
	beforeEach(() => gateway.router.route([blue.upstream]));

	const open = async () => {
		const socket = new WebSocket(gateway.url.replace('http', 'ws')).on('error', () => {});
		await once(socket, 'open');
		return socket;
	};
	const accessLines = async () => {
		const lines = await readFile(gateway.files.accessLogFile, 'utf8').catch(() => '');
		return lines
			.split('\n')
			.filter(Boolean)
			.map((line) => JSON.parse(line));
	};

	it('closes WebSockets with 1012 when a hold begins; they come again, wait, and reach the new side', async () => {
		const [talking, idle] = await Promise.all([open(), open()]);
		talking.send('one');
		const [answer] = await once(talking, 'message');
		expect(String(answer)).toBe('blue/0: one');
		const codes = Promise.all([talking, idle].map(async (socket) => (await once(socket, 'close'))[0]));
		await gateway.router.hold({ maxMs: 10_000, maxRequests: 10 });
		expect(await codes).toEqual([1012, 1012]);
		await until(async () => (await gateway.router.status())?.webSockets?.['blue/0'] === 0);

		const again = open();
		await until(async () => (await gateway.router.status())?.traffic.state === 'held');
		await gateway.router.route([green.upstream]);
		const socket = await again;
		socket.send('two');
		expect(String((await once(socket, 'message'))[0])).toBe('green/0: two');
		await gateway.router.route([green.upstream]);
		expect(socket.readyState).toBe(WebSocket.OPEN);
		socket.terminate();
	});

	it('lets a message that is under way come whole before it closes', async () => {
		const socket = await open();
		const messages: number[] = [];
		socket.on('message', (data) => messages.push(String(data).length));
		for (let count = 0; count < 10; count++) socket.send('x'.repeat(500_000));
		await once(socket, 'message');
		const closed = once(socket, 'close');
		await gateway.router.hold({ maxMs: 10_000, maxRequests: 10 });
		expect((await closed)[0]).toBe(1012);
		expect(new Set(messages)).toEqual(new Set([500_000 + 'blue/0: '.length]));
	});

	it('logs who came for which path, without what follows it', async () => {
		await (await fetch(`${gateway.url}/secret-free/path?token=hunter2`, { headers: { authorization: 'Bearer hunter2' } })).text();
		await until(async () => (await accessLines()).some(({ path }) => path === '/secret-free/path'));
		const line = (await accessLines()).find(({ path }) => path === '/secret-free/path');
		expect(line).toEqual({
			time: expect.any(String),
			kind: 'request',
			client: '127.0.0.1',
			method: 'GET',
			path: '/secret-free/path',
			status: 200,
			whole: true,
			ms: expect.any(Number),
			instance: 'blue/0',
		});
		expect(await accessLines()).toContainEqual(expect.objectContaining({ kind: 'websocket', status: 101, instance: 'green/0' }));
		expect(await readFile(gateway.files.accessLogFile, 'utf8')).not.toContain('hunter2');
	});

	it('gives its figures to Prometheus, on loopback and under one path', async () => {
		await gateway.router.hold({ maxMs: 10_000, maxRequests: 10 });
		const held = fetch(gateway.url);
		await until(async () => {
			const traffic = (await gateway.router.status())?.traffic;
			return traffic?.state === 'held' && traffic.waiting === 1;
		});
		const { totals } = (await gateway.router.status())!;
		const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
		expect(page).toContain(`\nflowferry_requests_total ${totals.requests}\n`);
		expect(page).toContain(`\nflowferry_requests_held_total ${totals.held}\n`);
		expect(page).toContain(`\nflowferry_requests_failed_total ${totals.failed}\n`);
		expect(page).toContain('\nflowferry_requests_waiting 1\n');
		expect(page).toContain('\nflowferry_traffic{state="held"} 1\nflowferry_traffic{state="closed"} 0\n');
		expect(page).toContain('\nflowferry_requests_in_flight{instance="blue/0"} 0\n');
		expect(page).toMatch(/\nflowferry_request_duration_seconds_count\{code="2xx"\} [1-9]/);
		expect(page).toMatch(/\nprocess_resident_memory_bytes \d+/);
		expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);
		await gateway.router.route([blue.upstream]);
		await (await held).text();
	});

	it('names the key of the metrics where their port is in use', async () => {
		const second = startGateway({
			name: 'staging',
			host: '127.0.0.1',
			port: await freePort(),
			metricsPort,
			files: { ...gateway.files, stateFile: `${gateway.files.stateFile}.2`, configFile: `${gateway.files.configFile}.2` },
		});
		await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', hint: expect.stringContaining('environments.staging.metricsPort') });
	});
});

describe('a large body', () => {
	const megabytes = 240;
	const chunk = Buffer.alloc(1024 * 1024, 'x');

	it('streams through: the gateway grows by far less than it, be it held or its reader slow', async () => {
		const [gateway, backend] = await Promise.all([startTestGateway(), startBackend('blue/0')]);
		try {
			const pid = await gateway.pid();
			await gateway.router.route([backend.upstream]);
			await (await fetch(gateway.url)).text();
			const before = await peakMB(pid);
			await gateway.router.hold({ maxMs: 20_000, maxRequests: 10 });
			const asked = request(`${gateway.url}/late-echo`, { method: 'POST', headers: { 'content-length': megabytes * chunk.length } });
			const sent = (async () => {
				for (let count = 0; count < megabytes; count++) if (!asked.write(chunk)) await once(asked, 'drain');
				asked.end();
			})();
			const answered = once(asked, 'response');
			await sleep(300);
			// Held, it is not read at all.
			expect((await peakMB(pid)) - before).toBeLessThan(megabytes / 8);
			await gateway.router.route([backend.upstream]);
			const [answer] = (await answered) as [IncomingMessage];
			expect(await json(answer)).toMatchObject({ length: megabytes * chunk.length });
			await sent;
			// What has passed through is collected now and then: some of it is always there.
			expect((await peakMB(pid)) - before).toBeLessThan(megabytes / 2);
		} finally {
			await gateway.remove();
			await backend.kill();
		}
	});
});

describe('a client that keeps its connection', () => {
	it('is told to close it when the gateway stops', async () => {
		const [gateway, backend] = await Promise.all([startTestGateway(), startBackend('blue/0')]);
		try {
			await gateway.router.route([backend.upstream]);
			const socket = connect(gateway.port, '127.0.0.1');
			socket.write('GET /slow?ms=2000 HTTP/1.1\r\nHost: a\r\n\r\n');
			await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 1);
			const stopped = stopGateway(gateway.files);
			expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nconnection: close\r\n[\s\S]*blue\/0/i);
			await stopped;
		} finally {
			await gateway.remove();
			await backend.kill();
		}
	});
});

/** The most memory that a process ever had. */
async function peakMB(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
