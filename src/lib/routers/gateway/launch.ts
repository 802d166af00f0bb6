import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../../adapters/atomic-file.ts';
import { programPath } from '../../adapters/package-root.ts';
import { ensureToken } from '../../control/token.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { isAt } from '../listen-fault.ts';
import type { HoldLimits, WebSocketPolicy } from '../router.ts';
import { GatewayRouter } from './gateway-router.ts';
import type { GatewayConfig, GatewayFailure, GatewayStatus } from './protocol.ts';
import { GatewayExit } from './protocol.ts';

/** A gateway's files, as absolute paths, all in one folder: the gateway's working directory. */
export interface GatewayFiles {
	configFile: string;
	tokenFile: string;
	stateFile: string;
	logFile: string;
	accessLogFile: string;
}

export interface GatewayLaunch {
	/** The environment's name. */
	name: string;
	host: string;
	port: number;
	files: GatewayFiles;
	/** For requests that no instance accepts; by default 10,000 of them for 10,000 ms. */
	takeover?: HoldLimits;
	/** Default keep. */
	webSockets?: WebSocketPolicy;
	/** Of the access log, with what it put aside; null, the default: none is written. */
	accessLogBytes?: number | null;
	/** Default null: no metrics. */
	metricsPort?: number | null;
	/** Default 15,000. */
	startMs?: number;
}

export function gatewayFiles(directory: string): GatewayFiles {
	return {
		configFile: join(directory, 'gateway.config.json'),
		tokenFile: join(directory, 'control.token'),
		stateFile: join(directory, 'gateway.state.json'),
		logFile: join(directory, 'gateway.log'),
		accessLogFile: join(directory, 'access.log'),
	};
}

/**
 * Starts a gateway that outlives the caller, and resolves when it serves; at once where it does already. Throws
 * FlowferryError: the gateway's own (PORT_IN_USE, …), GATEWAY_ELSEWHERE where it runs at another address, and
 * GATEWAY_NOT_STARTED where it is not up in time (it is ended then).
 */
export async function startGateway(launch: GatewayLaunch): Promise<void> {
	const { files, host, port } = launch;
	const router = new GatewayRouter(files);
	const running = await router.status();
	if (running !== null) return mustBeAt(running, launch);
	await mkdir(dirname(files.stateFile), { recursive: true, mode: 0o700 });
	await ensureToken(files.tokenFile);
	const { accessLogBytes = null } = launch;
	const config: GatewayConfig = {
		name: launch.name,
		host,
		port,
		controlPort: 0,
		tokenFile: files.tokenFile,
		stateFile: files.stateFile,
		traffic: { state: 'closed' },
		leaveMs: 0,
		webSockets: launch.webSockets ?? 'keep',
		takeover: launch.takeover ?? { maxMs: 10_000, maxRequests: 10_000 },
		accessLog: accessLogBytes === null ? null : { file: files.accessLogFile, maxBytes: accessLogBytes },
		metricsPort: launch.metricsPort ?? null,
	};
	await replaceFile(files.configFile, `${JSON.stringify(config, null, '\t')}\n`);
	const logStart = await sizeOf(files.logFile);
	const child = await spawnDetached(files);
	try {
		await untilServing(child, router, launch, logStart);
	} finally {
		child.unref();
	}
}

/**
 * In MB. What a request allocates is garbage when it is answered; V8 would let the space for it grow to many times that under
 * load, and keep it.
 */
const youngSpace = '--max-semi-space-size=4';

/** The log takes both outputs. No environment: the gateway needs none, and the caller's may hold secrets. */
async function spawnDetached({ configFile, logFile }: GatewayFiles): Promise<ChildProcess> {
	const log = await open(logFile, 'a', 0o600);
	try {
		const child = spawn(process.execPath, [youngSpace, programPath('gateway'), configFile], {
			cwd: dirname(configFile),
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

async function untilServing(child: ChildProcess, router: GatewayRouter, launch: GatewayLaunch, logStart: number): Promise<void> {
	const end = performance.now() + (launch.startMs ?? 15_000);
	while (performance.now() < end) {
		if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw await explainExit(child, launch, logStart);
		if ((await router.status())?.pid === child.pid) return;
		await sleep(25);
	}
	child.kill('SIGKILL');
	throw new FlowferryError({
		code: 'GATEWAY_NOT_STARTED',
		message: `The gateway of ${launch.name} was not up in time; it was ended`,
		hint: `Look into ${launch.files.logFile}, and run the command again.`,
		exitStatus: ExitStatus.internal,
	});
}

async function explainExit(child: ChildProcess, { name, files }: GatewayLaunch, logStart: number): Promise<FlowferryError> {
	const failure = await lastFailure(files.logFile, logStart);
	return new FlowferryError({
		code: failure?.code ?? 'GATEWAY_NOT_STARTED',
		message: `The gateway of ${name} did not start: ${failure?.message ?? `it ended with ${child.signalCode ?? child.exitCode ?? 'no process'}`}`,
		hint: failure?.hint ?? `Look into ${files.logFile}.`,
		exitStatus: child.exitCode === GatewayExit.cannotServe ? ExitStatus.usage : ExitStatus.internal,
	});
}

/** The error line that this start left at the end of the log. */
async function lastFailure(logFile: string, from: number): Promise<GatewayFailure | null> {
	const lines = (await readFile(logFile)).subarray(from).toString('utf8').trim().split('\n');
	try {
		const failure = JSON.parse(lines.at(-1) ?? '') as Partial<GatewayFailure>;
		return failure.code === undefined ? null : (failure as GatewayFailure);
	} catch {
		return null;
	}
}

async function sizeOf(file: string): Promise<number> {
	try {
		return (await stat(file)).size;
	} catch {
		return 0;
	}
}

function mustBeAt(running: GatewayStatus, launch: GatewayLaunch): void {
	const { name, host, port } = launch;
	if (isAt(running.url, launch)) return;
	throw new FlowferryError({
		code: 'GATEWAY_ELSEWHERE',
		message: `The gateway of ${name} runs already, at ${running.url}; the configuration says ${host}:${port}`,
		hint: `Run \`flowferry down\` and \`flowferry up\` to move it, or set environments.${name}.host and port back.`,
	});
}
