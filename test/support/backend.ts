import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { Upstream } from '../../src/lib/routers/router.ts';

/** A real HTTP and WebSocket server that says who it is and remembers what it got. */
export interface Backend {
	upstream: Upstream;
	/** The paths of the requests, in the order of their arrival. */
	seen: string[];
	/** Ends at once, cutting everything. */
	kill(): Promise<void>;
}

/**
 * Paths: `/slow?ms=N` answers after N ms; `/echo` answers with length, SHA-256 and headers of what came; `/late-echo` the same, reading nothing for a
 * while; `/half` breaks
 * off in the middle of its answer; `/half-chunked` the same without a length; `/garbage` answers with something that is
 * not HTTP; `/early` answers 413 without reading the body; `/hang-up` closes without a word. All others: the name.
 */
export async function startBackend(name: string, port = 0): Promise<Backend> {
	const seen: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		seen.push(`${request.method} ${request.url}`);
		// A client that leaves in the middle of its body, or a path that is no URL.
		answer(name, request, response).catch(() => response.writeHead(400).end());
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('close', () => sockets.delete(socket));
	});
	const webSockets = new WebSocketServer({ noServer: true });
	server.on('upgrade', (request, socket, head) => {
		seen.push(`UPGRADE ${request.url}`);
		if (request.url === '/no-ws') return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno');
		if (request.url === '/hang-up') return socket.destroy();
		webSockets.handleUpgrade(request, socket, head, (client) => {
			client.on('error', () => {});
			client.on('message', (text) => (String(text) === 'die' ? (socket as Socket).resetAndDestroy() : client.send(`${name}: ${text}`)));
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		upstream: { instance: name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
		seen,
		kill: async () => {
			for (const socket of sockets) socket.destroy();
			webSockets.close();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://backend');
	response.setHeader('x-backend', name);
	switch (pathname) {
		case '/slow':
			await sleep(Number(searchParams.get('ms')));
			response.end(name);
			return;
		case '/late-echo':
		case '/echo':
			if (pathname === '/late-echo') await sleep(500);
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ ...(await digest(request)), method: request.method, url: request.url, headers: request.headers }));
			return;
		case '/half':
			response.writeHead(200, { 'content-length': 1000 }).write('half');
			setTimeout(() => response.destroy(), 20);
			return;
		case '/half-chunked':
			response.writeHead(200).write('half');
			setTimeout(() => response.destroy(), 20);
			return;
		case '/garbage':
			request.socket.end('this is not HTTP\r\n\r\n');
			return;
		case '/early':
			response.writeHead(413, { connection: 'close' }).end('too long');
			return;
		case '/hang-up':
			request.socket.destroy();
			return;
		default:
			response.end(name);
	}
}

async function digest(request: IncomingMessage): Promise<{ length: number; sha256: string }> {
	const hash = createHash('sha256');
	let length = 0;
	for await (const chunk of request) {
		length += (chunk as Buffer).length;
		hash.update(chunk as Buffer);
	}
	return { length, sha256: hash.digest('hex') };
}
