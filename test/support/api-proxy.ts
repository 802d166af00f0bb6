import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, type AgentOptions, request as requestTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';

/** Between clients and an API server; signs in for them. */
export interface ApiProxy {
	/** A kubeconfig that leads here. */
	kubeconfig: string;
	/** `GET /api/v1/…` of each request, in order. */
	requests: string[];
	/** Keeps all that comes until `go`; what its client gives up meanwhile never gets there. */
	stall(): void;
	go(): void;
	/** Each request, and each part of an answer, comes so much later. */
	slow(ms: number): void;
	/** Turns requests away, 429, with this header Retry-After: this part of them, by chance. */
	throttle(part: number, retryAfter?: string): void;
	/** Ends all connections, and lets them come again. */
	cut(): void;
	close(): Promise<void>;
}

/** @param upstream a kubeconfig's text */
export async function startApiProxy(upstream: string): Promise<ApiProxy> {
	const config = new KubeConfig();
	config.loadFromString(upstream);
	const options: AgentOptions & { headers?: Record<string, string> } = {};
	await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
	// client-node's makes a connection for each request.
	const agent = new Agent({ ...options, keepAlive: true });
	const { hostname, port } = new URL(config.getCurrentCluster()!.server);
	const requests: string[] = [];
	let gate: PromiseWithResolvers<void> | null = null;
	let delayMs = 0;
	let throttled: { part: number; retryAfter: string | undefined } = { part: 0, retryAfter: undefined };

	const forward = async (incoming: IncomingMessage, answer: ServerResponse) => {
		requests.push(`${incoming.method} ${incoming.url}`);
		const body: Buffer[] = [];
		for await (const chunk of incoming) body.push(chunk as Buffer);
		await Promise.all([sleep(delayMs), gate?.promise]);
		if (answer.destroyed || incoming.socket.destroyed) return;
		if (Math.random() < throttled.part) {
			answer.writeHead(429, throttled.retryAfter === undefined ? {} : { 'Retry-After': throttled.retryAfter });
			answer.end(JSON.stringify({ kind: 'Status', message: 'too many requests', code: 429 }));
			return;
		}
		const headers = { ...incoming.headers, ...options.headers, host: `${hostname}:${port}` };
		const outgoing = requestTls({ agent, hostname, port, method: incoming.method!, path: incoming.url!, headers });
		answer.on('close', () => outgoing.destroy());
		outgoing.on('error', () => answer.destroy());
		outgoing.on('response', async (response: IncomingMessage) => {
			answer.writeHead(response.statusCode!, response.headers);
			answer.flushHeaders();
			try {
				for await (const chunk of response) {
					await Promise.all([sleep(delayMs), gate?.promise]);
					answer.write(chunk);
				}
				answer.end();
			} catch {
				answer.destroy();
			}
		});
		outgoing.end(Buffer.concat(body));
	};

	const server = createServer((incoming, answer) => void forward(incoming, answer).catch(() => answer.destroy()));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const go = () => {
		gate?.resolve();
		gate = null;
	};
	return {
		kubeconfig: JSON.stringify({
			clusters: [{ name: 'proxy', cluster: { server: here, 'insecure-skip-tls-verify': true } }],
			users: [{ name: 'nobody', user: {} }],
			contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'nobody' } }],
			'current-context': 'proxy',
		}),
		requests,
		stall: () => {
			gate ??= Promise.withResolvers<void>();
		},
		go,
		slow: (ms) => {
			delayMs = ms;
		},
		throttle: (part, retryAfter) => {
			throttled = { part, retryAfter };
		},
		cut: () => server.closeAllConnections(),
		close: async () => {
			go();
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
			agent.destroy();
		},
	};
}
