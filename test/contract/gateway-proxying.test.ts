import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { type Backend, startBackend } from '../support/backend.ts';
import { freePort, startTestGateway, type TestGateway, until } from '../support/gateway.ts';

let gateway: TestGateway;
let backend: Backend;
let pid: number;

beforeAll(async () => {
	[gateway, backend] = await Promise.all([startTestGateway({ takeover: { maxMs: 300, maxRequests: 100 } }), startBackend('blue/0')]);
	pid = await gateway.pid();
});
afterAll(async () => {
	await gateway.remove();
	await backend.kill();
});
beforeEach(() => gateway.router.route([backend.upstream]));
afterEach(async () => {
	// Whatever the test did: the same process serves on, and nothing is left counted as in flight.
	expect((await gateway.router.status())?.pid).toBe(pid);
	await gateway.router.route([backend.upstream]);
	expect(await (await fetch(gateway.url)).text()).toBe('blue/0');
	await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 0);
});

const failed = async () => (await gateway.router.status())!.totals.failed;

describe('what an instance gets', () => {
	it('is told who asked, by which protocol and for which host', async () => {
		const answer = await fetch(`${gateway.url}/echo?a=1&b=%2F`);
		expect(await answer.json()).toMatchObject({
			url: '/echo?a=1&b=%2F',
			headers: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': `127.0.0.1:${gateway.port}` },
		});
	});

	it('gets the body of a DELETE that comes in chunks', async () => {
		const asked = request(`${gateway.url}/echo`, { method: 'DELETE', headers: { 'transfer-encoding': 'chunked' } });
		asked.end('twelve bytes');
		const [answer] = (await once(asked, 'response')) as [IncomingMessage];
		expect(await json(answer)).toMatchObject({ method: 'DELETE', length: 12 });
	});

	it('gets upgrades to anything but a WebSocket as ordinary requests', async () => {
		const answer = await raw('GET /plain HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n');
		expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*blue\/0/);
	});
});

describe('what a client gets', () => {
	it('keeps its connection from one request to the next', async () => {
		const socket = connect(gateway.port, '127.0.0.1');
		for (const path of ['/one', '/two']) {
			socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
			const [data] = await once(socket, 'data');
			expect(String(data)).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: keep-alive/i);
		}
		socket.destroy();
	});

	it('is asked for its body only when its request is passed on', async () => {
		await gateway.router.hold({ maxMs: 5_000, maxRequests: 10 });
		const socket = connect(gateway.port, '127.0.0.1');
		socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n');
		let text = '';
		socket.on('data', (data) => {
			text += data;
		});
		await until(async () => (await gateway.router.status())?.totals.held !== 0);
		expect(text).toBe('');
		await gateway.router.route([backend.upstream]);
		await until(() => text.startsWith('HTTP/1.1 100 Continue'));
		socket.write('body');
		await once(socket, 'end');
		expect(text).toContain('"length":4');
	});

	it('gets 400 for a path that cannot be passed on, or an answer to it', async () => {
		for (const path of ['http://[', '//[', '/%', '*']) {
			expect(await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 (200|400) /);
		}
	});
});

describe('an instance that does not accept', () => {
	it('is skipped, also for requests with a body', async () => {
		const dead = { instance: 'blue/1', url: `http://127.0.0.1:${await freePort()}` };
		await gateway.router.route([dead, backend.upstream]);
		const before = await failed();
		for (let count = 0; count < 4; count++) {
			const answer = await fetch(`${gateway.url}/echo`, { method: 'POST', body: 'x'.repeat(100_000) });
			expect(await answer.json()).toMatchObject({ length: 100_000 });
		}
		expect(await failed()).toBe(before);
	});

	it('gives 502 where there is no other in time, and its address stays inside', async () => {
		const port = await freePort();
		await gateway.router.route([{ instance: 'blue/1', url: `http://127.0.0.1:${port}` }]);
		const before = await failed();
		const answer = await fetch(gateway.url, { method: 'POST', body: 'x'.repeat(5_000_000) });
		expect(answer.status).toBe(502);
		expect(`${await answer.text()} ${JSON.stringify([...answer.headers])}`).not.toContain(String(port));
		expect(await failed()).toBe(before + 1);
		const socket = new WebSocket(gateway.url.replace('http', 'ws'));
		const [error] = (await once(socket, 'error')) as [Error];
		expect(error.message).toContain('502');
	});
});

describe('an instance that breaks', () => {
	it.each(['/half', '/half-chunked'])('in the middle of its answer (%s): the client sees that it is broken', async (path) => {
		const before = await failed();
		const answer = await fetch(`${gateway.url}${path}`);
		expect(answer.status).toBe(200);
		await expect(answer.text()).rejects.toThrow();
		expect(await failed()).toBe(before + 1);
	});

	it.each(['/garbage', '/hang-up'])('before its answer (%s): 502', async (path) => {
		const before = await failed();
		const answer = await fetch(`${gateway.url}${path}`);
		expect(answer.status).toBe(502);
		expect(await failed()).toBe(before + 1);
	});

	it('is killed while many requests are inside it', async () => {
		const doomed = await startBackend('doomed/0');
		await gateway.router.route([doomed.upstream]);
		const before = await failed();
		const answers = Array.from({ length: 20 }, () => fetch(`${gateway.url}/slow?ms=2000`).then((answer) => answer.status));
		await until(async () => (await gateway.router.status())?.inFlight['doomed/0'] === 20);
		await doomed.kill();
		expect(new Set(await Promise.all(answers))).toEqual(new Set([502]));
		expect(await failed()).toBe(before + 20);
		expect((await gateway.router.status())?.inFlight).toEqual({ 'doomed/0': 0 });
	});

	it('answers early, without reading the body', async () => {
		const socket = connect(gateway.port, '127.0.0.1');
		socket.write('POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n');
		socket.write(Buffer.alloc(64_000));
		const [data] = await once(socket, 'data');
		expect(String(data)).toMatch(/^HTTP\/1\.1 413 /);
		socket.destroy();
	});
});

describe('a client that breaks', () => {
	it('in the middle of its body', async () => {
		const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
		socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n');
		socket.write(Buffer.alloc(64_000));
		await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 1);
		const before = await failed();
		socket.resetAndDestroy();
		await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 0);
		expect(await failed()).toBe(before);
	});

	it('while it waits for its answer', async () => {
		const before = await failed();
		const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
		socket.write('GET /slow?ms=1000 HTTP/1.1\r\nHost: a\r\n\r\n');
		await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 1);
		socket.resetAndDestroy();
		await until(async () => (await gateway.router.status())?.inFlight['blue/0'] === 0);
		expect(await failed()).toBe(before);
	});

	it('sends what is not HTTP', async () => {
		expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
	});
});

describe('WebSockets', () => {
	const url = () => gateway.url.replace('http', 'ws');
	const open = async () => (await gateway.router.status())?.webSockets?.['blue/0'];

	it('are counted, and end on both sides when either resets', async () => {
		const dying = new WebSocket(url()).on('error', () => {});
		const leaving = new WebSocket(url()).on('error', () => {});
		await Promise.all([once(dying, 'open'), once(leaving, 'open')]);
		expect(await open()).toBe(2);
		dying.send('die');
		await once(dying, 'close');
		await until(async () => (await open()) === 1);
		(leaving as unknown as { _socket: Socket })._socket.resetAndDestroy();
		await until(async () => (await open()) === 0);
	});

	it.each([
		['/no-ws', '403'],
		['/hang-up', '502'],
	])('that the instance refuses (%s) get %s', async (path, status) => {
		const [error] = (await once(new WebSocket(`${url()}${path}`), 'error')) as [Error];
		expect(error.message).toContain(status);
		await until(async () => (await open()) === 0);
	});

	it('are refused past the limits of a hold', async () => {
		await gateway.router.hold({ maxMs: 50, maxRequests: 10 });
		const [error] = (await once(new WebSocket(url()), 'error')) as [Error];
		expect(error.message).toContain('503');
	});
});

async function raw(text: string): Promise<string> {
	const socket = connect(gateway.port, '127.0.0.1');
	socket.write(text);
	let answer = '';
	for await (const data of socket) answer += data;
	return answer;
}

async function json(message: IncomingMessage): Promise<unknown> {
	let text = '';
	for await (const data of message) text += data;
	return JSON.parse(text);
}
