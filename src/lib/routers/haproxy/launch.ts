import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../../adapters/atomic-file.ts';
import { packageRoot } from '../../adapters/package-root.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { PublicAddress } from '../listen-fault.ts';
import { explainListenFault, isAt, userFacing } from '../listen-fault.ts';
import type { RouterStatus } from '../router.ts';
import { initialMap, renderHaproxyConfig } from './config-file.ts';
import { factCommands, readFacts } from './facts.ts';
import type { HaproxyFiles } from './haproxy-files.ts';
import { HaproxyRouter } from './haproxy-router.ts';
import { holdBackends } from './hold-backends.ts';
import { findHaproxy } from './program.ts';
import { ask } from './runtime-socket.ts';
import { readHaproxyState, writeHaproxyState } from './state-file.ts';
import { stopHaproxy } from './stop.ts';

export interface HaproxyLaunch extends PublicAddress {
	files: HaproxyFiles;
	/** The longest that a request waits in a hold: HAProxy has to know it from the beginning. */
	holdMs: number;
	/** How long a request waits when no instance accepts it. Default 10,000. */
	takeoverMs?: number;
	/** Where Prometheus finds HAProxy's own figures, on 127.0.0.1; default null: nowhere. */
	metricsPort?: number | null;
	/** As in the variable PATH: where `haproxy` is looked for. */
	searchPath: string;
	/** Default 15,000. */
	startMs?: number;
}

/** A Unix socket's path may have 107 bytes. */
const longestSocketPath = 107;

/**
 * Starts an HAProxy that outlives the caller, and resolves when it serves, with the traffic that one of before had; at once
 * where it does already. Throws FlowferryError: what `findHaproxy` throws, PORT_IN_USE and the like, HAPROXY_ELSEWHERE where
 * it runs at another address, and HAPROXY_NOT_STARTED where it is not up in time (it is ended then).
 */
export async function startHaproxy(launch: HaproxyLaunch): Promise<void> {
	const { files } = launch;
	const router = new HaproxyRouter(files);
	const running = await router.status();
	if (running === null) {
		await startAnew(launch);
	} else {
		mustBeAt(running, launch);
		if (running.traffic.state !== 'closed') return;
	}
	// Just started, or by somebody who was killed before this.
	await router.restore((await readHaproxyState(files.stateFile))?.traffic ?? { state: 'closed' });
}

async function startAnew(launch: HaproxyLaunch): Promise<void> {
	const { files, host, port, metricsPort = null, takeoverMs = 10_000 } = launch;
	const program = await findHaproxy(launch.searchPath);
	mustHaveShortPath(files, launch.name);
	await mkdir(files.directory, { recursive: true, mode: 0o700 });
	const left = await readHaproxyState(files.stateFile);
	// One whose state file was lost has the port, and is nobody's.
	if (left === null) await stopHaproxy(files);
	const template = await readFile(join(packageRoot(), 'templates', 'haproxy.cfg'), 'utf8');
	await replaceFile(files.configFile, renderHaproxyConfig(template, { host, port, metricsPort, takeoverMs }, holdBackends(launch.holdMs)));
	await replaceFile(files.mapFile, initialMap);
	const state = { publicUrl: `http://${userFacing(host)}:${port}`, traffic: left?.traffic ?? ({ state: 'closed' } as const) };
	const logStart = await sizeOf(files.logFile);
	const child = await spawnDetached(program, files);
	try {
		await untilServing(child, launch, logStart);
		await writeHaproxyState(files.stateFile, { pid: child.pid ?? null, ...state });
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	} finally {
		child.unref();
	}
}

/** The log takes both outputs. No environment: HAProxy needs none, and the caller's may hold secrets. */
async function spawnDetached(program: string, { directory, configFile, logFile }: HaproxyFiles): Promise<ChildProcess> {
	const log = await open(logFile, 'a', 0o600);
	try {
		// -db: in the foreground, so that the process that is started here is the one that serves.
		const child = spawn(program, ['-db', '-f', configFile], {
			cwd: directory,
			detached: true,
			env: {},
			stdio: ['ignore', log.fd, log.fd],
		});
		child.on('error', () => {});
		return child;
	} finally {
		await log.close();
	}
}

async function untilServing(child: ChildProcess, launch: HaproxyLaunch, logStart: number): Promise<void> {
	const end = performance.now() + (launch.startMs ?? 15_000);
	while (performance.now() < end) {
		if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw await explainExit(child, launch, logStart);
		if ((await answeringPid(launch.files.socketFile)) === child.pid) return;
		await sleep(10);
	}
	throw notStarted(launch, 'it was not up in time; it was ended');
}

/** Null while nobody answers: the socket may be an earlier one's. */
async function answeringPid(socketFile: string): Promise<number | null> {
	try {
		return readFacts(await ask(socketFile, factCommands)).pid;
	} catch {
		return null;
	}
}

/** HAProxy says why in its own words. */
const bindFaults: [RegExp, string][] = [
	[/Address already in use/i, 'EADDRINUSE'],
	[/for frontend \w+: cannot .*Permission denied/i, 'EACCES'],
	[/Cannot assign requested address/i, 'EADDRNOTAVAIL'],
	[/bind.*invalid address|could not resolve address/i, 'ENOTFOUND'],
];

async function explainExit(child: ChildProcess, launch: HaproxyLaunch, logStart: number): Promise<FlowferryError> {
	const log = (await readFile(launch.files.logFile)).subarray(logStart).toString('utf8');
	const code = bindFaults.find(([pattern]) => pattern.test(log))?.[1];
	const fault = log.includes('for frontend metrics: cannot')
		? explainListenFault(code, { name: launch.name, host: '127.0.0.1', port: launch.metricsPort ?? 0 }, 'metricsPort')
		: explainListenFault(code, launch);
	if (fault) return new FlowferryError({ ...fault, message: `HAProxy of ${launch.name} did not start: ${fault.message}` });
	const alert = /^\[ALERT\]\s*(?:\(\d+\)\s*:)?\s*(.+)$/m.exec(log)?.[1];
	return notStarted(launch, alert ?? `it ended with ${child.signalCode ?? child.exitCode ?? 'no process'}`);
}

function notStarted({ name, files }: HaproxyLaunch, reason: string): FlowferryError {
	return new FlowferryError({
		code: 'HAPROXY_NOT_STARTED',
		message: `HAProxy of ${name} did not start: ${reason}`,
		hint: `Look into ${files.logFile}, and run the command again.`,
		exitStatus: ExitStatus.internal,
	});
}

function mustHaveShortPath({ socketFile, occupantFile }: HaproxyFiles, name: string): void {
	if (Math.max(Buffer.byteLength(socketFile), Buffer.byteLength(occupantFile)) <= longestSocketPath) return;
	throw new FlowferryError({
		code: 'HAPROXY_PATH_TOO_LONG',
		message: `${socketFile} is too long for a Unix socket, which HAProxy is ordered by: ${longestSocketPath} bytes are the most`,
		hint: `Set environments.${name}.directory to a shorter path.`,
	});
}

function mustBeAt(running: RouterStatus, launch: HaproxyLaunch): void {
	const { name, host, port } = launch;
	if (isAt(running.url, launch)) return;
	throw new FlowferryError({
		code: 'HAPROXY_ELSEWHERE',
		message: `HAProxy of ${name} runs already, at ${running.url}; the configuration says ${host}:${port}`,
		hint: `Run \`flowferry down\` and \`flowferry up\` to move it, or set environments.${name}.host and port back.`,
	});
}

async function sizeOf(file: string): Promise<number> {
	try {
		return (await stat(file)).size;
	} catch {
		return 0;
	}
}
