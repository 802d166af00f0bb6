import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../demo/project.ts';
import { GatewayRouter } from '../../src/lib/routers/gateway/gateway-router.ts';
import { gatewayFiles, startGateway } from '../../src/lib/routers/gateway/launch.ts';
import { readGatewayState } from '../../src/lib/routers/gateway/state-file.ts';
import { stopGateway } from '../../src/lib/routers/gateway/stop.ts';
import { haproxyFiles } from '../../src/lib/routers/haproxy/haproxy-files.ts';
import { HaproxyRouter } from '../../src/lib/routers/haproxy/haproxy-router.ts';
import { startHaproxy } from '../../src/lib/routers/haproxy/launch.ts';
import { findHaproxy } from '../../src/lib/routers/haproxy/program.ts';
import { readHaproxyState } from '../../src/lib/routers/haproxy/state-file.ts';
import { stopHaproxy } from '../../src/lib/routers/haproxy/stop.ts';

export interface Usage {
	memoryMB: number;
	/** Of the processor, since its start. */
	cpuMs: number;
}

/** A way to the backend. */
export interface Contestant {
	name: string;
	url: string;
	/** Of the router's process; null where there is none. */
	usage(): Promise<Usage | null>;
	stop(): Promise<void>;
}

/** The backend itself, the gateway, and HAProxy where it is installed: all to the same backend. */
export async function startContestants(searchPath: string): Promise<{ contestants: Contestant[]; stop(): Promise<void> }> {
	const backend = spawn(process.execPath, [fileURLToPath(new URL('backend.ts', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
	const url = String((await once(backend.stdout, 'data'))[0]).trim();
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-bench-'));
	const contestants: Contestant[] = [{ name: 'direct', url, usage: async () => null, stop: async () => {} }];
	const stop = async () => {
		for (const contestant of contestants) await contestant.stop();
		backend.stdin.end();
		await once(backend, 'exit');
		await rm(folder, { recursive: true, force: true });
	};
	try {
		contestants.push(await throughGateway(join(folder, 'gateway'), url));
		const hasHaproxy = await findHaproxy(searchPath).then(
			() => true,
			() => false,
		);
		if (hasHaproxy) contestants.push(await throughHaproxy(join(folder, 'haproxy'), url, searchPath));
		return { contestants, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

async function throughGateway(directory: string, backend: string): Promise<Contestant> {
	const files = gatewayFiles(directory);
	const port = await findFreePort();
	await startGateway({ name: 'bench', host: '127.0.0.1', port, files });
	await new GatewayRouter(files).route([{ instance: 'blue/0', url: backend }]);
	const pid = (await readGatewayState(files.stateFile))?.pid;
	return { name: 'gateway', url: `http://127.0.0.1:${port}`, usage: () => usageOf(pid), stop: () => stopGateway(files) };
}

async function throughHaproxy(directory: string, backend: string, searchPath: string): Promise<Contestant> {
	const files = haproxyFiles(directory);
	const port = await findFreePort();
	await startHaproxy({ name: 'bench', host: '127.0.0.1', port, files, holdMs: 30_000, searchPath });
	await new HaproxyRouter(files).route([{ instance: 'blue/0', url: backend }]);
	const pid = (await readHaproxyState(files.stateFile))?.pid;
	return { name: 'haproxy', url: `http://127.0.0.1:${port}`, usage: () => usageOf(pid), stop: () => stopHaproxy(files) };
}

/** Linux counts in ticks of 10 ms. */
const tickMs = 10;

async function usageOf(pid: number | null | undefined): Promise<Usage> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return {
		memoryMB: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
		cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
	};
}
