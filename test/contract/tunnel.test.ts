import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ContainerProgram } from '../../src/lib/targets/docker/containers.ts';
import { openTunnel } from '../../src/lib/targets/docker/tunnel.ts';
import { until } from '../support/until.ts';

const program = fileURLToPath(new URL('../../src/keeper/main.ts', import.meta.url));

describe('a tunnel through the keeper', () => {
	const children: ChildProcess[] = [];
	let server: Server;
	let url: string;

	/** The keeper's program, without a container around it. */
	const containers = {
		begin: async (_name: string, [, , ...args]: string[]): Promise<ContainerProgram> => {
			const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
			children.push(child);
			return { input: child.stdin as unknown as Duplex, output: child.stdout as Readable, said: () => '' };
		},
	};
	const ended = () => children.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);

	beforeAll(async () => {
		server = createServer(async (request, response) => response.end(`${request.url} ${await text(request)}`)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(async () => {
		server.closeAllConnections();
		server.close();
		for (const child of children) child.kill('SIGKILL');
	});

	it('passes connections on, several at once, also large ones, and ends with all of them', async () => {
		const tunnel = await openTunnel(containers, 'keeper', url);
		expect(new URL(tunnel.url).hostname).toBe('127.0.0.1');
		const ask = async (path: string, body: string) => await (await fetch(tunnel.url + path, { method: 'POST', body })).text();
		const large = 'x'.repeat(1_000_000);
		expect(await Promise.all([ask('/a', 'one'), ask('/b', large)])).toEqual(['/a one', `/b ${large}`]);
		tunnel.close();
		await until(ended, 'the programs end', 20_000);
		await expect(fetch(tunnel.url)).rejects.toThrow('fetch failed');
	});

	it('answers whoever has said all, and ends the connection where the other side does', async () => {
		const tunnel = await openTunnel(containers, 'keeper', url);
		const socket = connect(Number(new URL(tunnel.url).port), '127.0.0.1');
		socket.end('GET /half HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
		expect(await text(socket)).toContain('/half ');
		await until(ended, 'the program ends');
		tunnel.close();
	});

	it('ends the connection where nobody listens', async () => {
		const nobody = createTcpServer().listen(0, '127.0.0.1');
		await once(nobody, 'listening');
		const { port } = nobody.address() as AddressInfo;
		nobody.close();
		const tunnel = await openTunnel(containers, 'keeper', `http://127.0.0.1:${port}`);
		await expect(fetch(tunnel.url, { signal: AbortSignal.timeout(20_000) })).rejects.toThrow('fetch failed');
		tunnel.close();
		await until(ended, 'the program ends');
	});
});
