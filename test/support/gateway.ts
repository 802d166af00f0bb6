import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayRouter } from '../../src/lib/routers/gateway/gateway-router.ts';
import { type GatewayFiles, type GatewayLaunch, gatewayFiles, startGateway } from '../../src/lib/routers/gateway/launch.ts';
import { readGatewayState } from '../../src/lib/routers/gateway/state-file.ts';
import { stopGateway } from '../../src/lib/routers/gateway/stop.ts';

export interface TestGateway {
	router: GatewayRouter;
	files: GatewayFiles;
	port: number;
	url: string;
	/** Of the process that runs now. */
	pid(): Promise<number>;
	start(): Promise<void>;
	/** Stops it, and fails if it ever met an error that it does not know. */
	remove(): Promise<void>;
}

/** The built gateway as a process of its own, on a free port, in a temporary folder. */
export async function startTestGateway(options: Partial<GatewayLaunch> = {}): Promise<TestGateway> {
	const directory = await mkdtemp(join(tmpdir(), 'flowferry-gateway-'));
	const files = gatewayFiles(directory);
	const port = await freePort();
	const start = () => startGateway({ name: 'production', host: '127.0.0.1', port, files, ...options });
	await start();
	return {
		router: new GatewayRouter(files),
		files,
		port,
		url: `http://127.0.0.1:${port}`,
		pid: async () => (await readGatewayState(files.stateFile))?.pid ?? Number.NaN,
		start,
		remove: async () => {
			await stopGateway(files);
			const log = await readFile(files.logFile, 'utf8');
			await rm(directory, { recursive: true });
			expect(log).not.toContain('"uncaught"');
		},
	};
}

/** Below those that systems give out by themselves: else a process that starts meanwhile may get it. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** A port of the loopback that nobody has. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
		const server = createServer();
		const isFree = await new Promise<boolean>((resolve) => {
			server.once('error', () => resolve(false));
			server.listen(port, '127.0.0.1', () => resolve(true));
		});
		if (!isFree) continue;
		await new Promise((resolve) => server.close(resolve));
		return port;
	}
}

/** The same limit as that of `until.ts`: it only ends a test that fails. */
const LIMIT_MS = 20_000;

/** Asks again until the condition holds; fails where a look that began after the limit says no. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
	const end = performance.now() + LIMIT_MS;
	for (; ; await sleep(10)) {
		const lookedAt = performance.now();
		if (await condition()) return;
		if (lookedAt > end) throw new Error(`not so within ${LIMIT_MS} ms: ${condition}`);
	}
}
