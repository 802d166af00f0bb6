import { createServer, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Editor } from '../../../src/agent/editor.ts';
import { hashUsers } from '../../../src/runner/editor-users.ts';
import { until } from '../../support/until.ts';

/** As Node-RED uses it. */
const express = createRequire(import.meta.resolve('node-red'))('express');

const USERS = hashUsers({ ann: 'correct horse' });
const ROOT = '/flowferry-editor';

/** What Node-RED would do, without Node-RED: it mounts the admin app before the flows, and answers a deploy when it is told to. */
class Fake {
	readonly editor = new Editor({ access: 'edit', users: USERS, port: 0 });
	readonly app = express();
	readonly server: Server = createServer(this.app);
	deploys = 0;
	upgrades = 0;
	answer: (status: number) => void = () => {};
	main = '';
	port = '';

	async start(): Promise<void> {
		this.app.use((_: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
			response.setHeader('connection', 'close');
			next();
		});
		const admin = express();
		const settings = this.editor.settings({}) as { httpAdminMiddleware: unknown[]; httpAdminRoot: string };
		admin.use(settings.httpAdminMiddleware);
		admin.post('/flows', (_: unknown, response: { status(code: number): { end(): void } }) => {
			this.deploys++;
			this.answer = (status) => response.status(status).end();
		});
		admin.use((_: unknown, response: { end(text: string): void }) => response.end('editor'));
		this.app.use(settings.httpAdminRoot, admin);
		this.app.use((_: unknown, response: { end(text: string): void }) => response.end('flows'));
		this.server.on('upgrade', (_, socket) => {
			if (socket.destroyed) return;
			this.upgrades++;
			socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
		});
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.main = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
		this.port = `http://127.0.0.1:${await this.editor.listen(this.server)}`;
	}
}

let fake: Fake;
beforeEach(async () => {
	fake = new Fake();
	await fake.start();
});
afterEach(() => {
	fake.server.close();
	fake.server.closeAllConnections();
});

const deploy = () => fetch(`${fake.port}${ROOT}/flows`, { method: 'POST', body: '[]', headers: { 'content-type': 'application/json' } });

describe("the editor's port", () => {
	it("leads to the editor alone; Node-RED's own leads to the flows, under the editor's path, too", async () => {
		const ask = async (url: string) => await (await fetch(url)).text();
		expect(await ask(`${fake.port}${ROOT}/`)).toBe('editor');
		expect(await ask(fake.port)).toBe('editor');
		for (const path of ['/', '/any', `${ROOT}x`]) expect((await fetch(fake.port + path, { redirect: 'manual' })).status).toBe(302);
		for (const path of [`${ROOT}/`, `${ROOT}/flows`, ROOT.toUpperCase(), '/any']) expect(await ask(fake.main + path)).toBe('flows');
		const posted = await fetch(`${fake.main}${ROOT}/flows`, { method: 'POST', body: '[]' });
		expect([await posted.text(), fake.deploys]).toEqual(['flows', 0]);
	});

	it("is the only way to the editor's WebSocket, and to no other", async () => {
		const upgrade = (base: string, path: string) =>
			new Promise<string>((resolve) => {
				const { hostname, port } = new URL(base);
				const headers = { connection: 'upgrade', upgrade: 'websocket' };
				const call = request({ hostname, port, path, headers });
				call.on('upgrade', (_, socket) => {
					socket.destroy();
					resolve('open');
				});
				call.on('response', () => resolve('answered'));
				call.on('error', () => resolve('refused')).end();
			});
		expect(await upgrade(fake.port, `${ROOT}/comms`)).toBe('open');
		expect(await upgrade(fake.port, '/flows-socket')).toBe('refused');
		expect(await upgrade(fake.main, '/flows-socket')).toBe('open');
		for (const path of [`${ROOT}/comms`, `${ROOT}/comms?a=1`, `http://any${ROOT}/comms`, '/x\\flowferry-editor\\COMMS'])
			expect([path, await upgrade(fake.main, path)]).toEqual([path, 'refused']);
	});
});

describe('a deploy', () => {
	it('is taken while the flows may be changed, and not before and after', async () => {
		expect((await deploy()).status).toBe(409);
		fake.editor.open(() => true);
		const answer = deploy();
		await until(() => fake.deploys === 1, 'it came');
		fake.answer(204);
		expect((await answer).status).toBe(204);
		fake.editor.deployed();
		await fake.editor.close(100);
		expect((await deploy()).status).toBe(409);
		expect(fake.deploys).toBe(1);
	});

	it('is waited for until Node-RED has started the flows, in whatever order it says so', async () => {
		for (const [first, second] of [
			[() => fake.answer(200), () => fake.editor.deployed()],
			[() => fake.editor.deployed(), () => fake.answer(200)],
		] as const) {
			fake.editor.open(() => true);
			const before = fake.deploys;
			const answer = deploy();
			await until(() => fake.deploys > before, 'it came');
			let closed = false;
			const closing = fake.editor.close(5000).then(() => {
				closed = true;
			});
			await sleep(50);
			first();
			await sleep(50);
			expect(closed).toBe(false);
			second();
			await answer;
			await closing;
		}
	});

	it('that Node-RED refuses is over with its answer; one that does not end is no secret', async () => {
		fake.editor.open(() => true);
		const refused = deploy();
		await until(() => fake.deploys === 1, 'it came');
		fake.answer(409);
		await refused;
		await fake.editor.close(1000);
		fake.editor.open(() => true);
		const silent = deploy();
		await until(() => fake.deploys === 2, 'it came');
		await expect(fake.editor.close(50)).rejects.toThrow('a deploy of the editor did not end within 50 ms');
		fake.answer(200);
		await silent;
	});

	it('waits, and is waited for, while a cutover counts', async () => {
		fake.editor.open(() => true);
		const answer = deploy();
		await until(() => fake.deploys === 1, 'it came');
		await expect(fake.editor.holdStill(200, 20)).rejects.toThrow('did not end');
		fake.answer(204);
		await answer;
		fake.editor.deployed();
		await fake.editor.holdStill(200, 20);
		expect((await deploy()).status).toBe(409);
		await sleep(220);
		await fake.editor.holdStill(60_000, 20);
		// Where its flows went to work, the cutover is over.
		fake.editor.open(() => true);
		const again = deploy();
		await until(() => fake.deploys === 2, 'it may be changed again');
		fake.answer(204);
		expect((await again).status).toBe(204);
	});

	it('that comes slowly is judged when it is there', async () => {
		fake.editor.open(() => true);
		const { hostname, port } = new URL(fake.port);
		const headers = { 'content-type': 'application/json', 'content-length': '2' };
		const status = new Promise((resolve, reject) => {
			const call = request({ hostname, port, path: `${ROOT}/flows`, method: 'POST', headers }, (response) => resolve(response.statusCode));
			call.on('error', reject);
			call.write('[');
			setTimeout(async () => {
				await fake.editor.close(100);
				call.end(']');
			}, 50);
		});
		expect([await status, fake.deploys]).toEqual([409, 0]);
	});

	it("is none where Node-RED tells of its own start, and the next one's end is not taken for it", async () => {
		fake.editor.deployed();
		fake.editor.open(() => true);
		const answer = deploy();
		await until(() => fake.deploys === 1, 'it came');
		fake.answer(204);
		await answer;
		expect(fake.editor.deploying).toBe(true);
		fake.editor.deployed();
		expect(fake.editor.deploying).toBe(false);
	});
});

describe('its port', () => {
	it('is the one that it had before, or another where somebody else has that', async () => {
		const taken = Number(new URL(fake.port).port);
		const next = new Editor({ access: 'edit', users: USERS, port: taken });
		const other = createServer();
		expect(await next.listen(other)).not.toBe(taken);
		other.close();
	});
});
