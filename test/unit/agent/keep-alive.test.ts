import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KeepAlive } from '../../../src/agent/keep-alive.ts';

describe('clients that keep their connections alive', () => {
	let server: Server;
	let keepAlive: KeepAlive;
	let agent: Agent;
	/** Answers that wait until the test lets them go. */
	const waiting: ServerResponse[] = [];
	beforeEach(async () => {
		server = createServer((request, response) => {
			if (request.url === '/wait') waiting.push(response);
			else response.end('ok');
		});
		// Much longer than a test takes: whatever ends is ended by us.
		server.keepAliveTimeout = 60_000;
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		keepAlive = new KeepAlive(server);
		agent = new Agent({ keepAlive: true });
	});
	afterEach(async () => {
		keepAlive.allow();
		agent.destroy();
		server.close();
		await once(server, 'close');
	});

	function ask(path = '/'): Promise<{ connection: string | undefined; socket: Socket }> {
		return new Promise((resolve, reject) => {
			const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', path, agent }, (response: IncomingMessage) => {
				const socket = request.socket as Socket;
				response.resume().once('end', () => resolve({ connection: response.headers.connection, socket }));
			});
			request.once('error', reject);
		});
	}

	it('are let go at once where they are idle', async () => {
		const { connection, socket } = await ask();
		expect(connection).toBe('keep-alive');
		const closed = once(socket, 'close');
		keepAlive.refuse();
		await closed;
	});

	it('get their answers, each of them the last on its connection', async () => {
		keepAlive.refuse();
		keepAlive.refuse();
		const [first, second] = [await ask(), await ask()];
		expect([first.connection, second.connection]).toEqual(['close', 'close']);
		expect(first.socket).not.toBe(second.socket);
	});

	it('are let go after an answer that was under way already', async () => {
		const answer = ask('/wait');
		while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		keepAlive.refuse();
		waiting.pop()?.end('late');
		const { connection, socket } = await answer;
		expect(connection).toBe('keep-alive');
		if (!socket.closed) await once(socket, 'close');
	});

	it('keep them again once that is allowed', async () => {
		keepAlive.refuse();
		keepAlive.allow();
		const [first, second] = [await ask(), await ask()];
		expect(first.connection).toBe('keep-alive');
		expect(second.socket).toBe(first.socket);
	});
});
