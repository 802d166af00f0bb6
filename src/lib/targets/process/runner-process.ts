import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { programPath } from '../../adapters/package-root.ts';
import { commandLineOf, isAlive, isGoneWithin } from '../../adapters/process-identity.ts';
import type { Instance, InstanceStatus, RunnerAddress, RunnerConfig } from '../instance.ts';
import { notStanding, whyNotStanding } from '../until-standing.ts';

/** The runner itself kills a Node-RED that does not end in time; it is killed, and Node-RED with it, where it has not by then. */
const RUNNER_EXTRA_MS = 5_000;

/** Of a runner's process: the environment's directory, in which it works, and its files. */
interface ProcessPlace {
	directory: string;
	addressFile: string;
	logFile: string;
}

/**
 * Starts an instance's runner, which outlives this process, and resolves when the instance stands by.
 * @throws FlowferryError INSTANCE_NOT_STANDING, with nothing left running
 */
export async function startRunner(instance: Instance, config: RunnerConfig, place: ProcessPlace): Promise<void> {
	const { addressFile, logFile } = place;
	await rm(addressFile, { force: true });
	const child = await spawnDetached(config, place);
	let ended: string | null = null;
	child.on('error', (error) => {
		ended = error.message;
	});
	child.on('exit', (code, signal) => {
		ended = `its runner ended with ${signal ?? `status ${code}`}`;
	});
	const own = async () => {
		const status = await instance.status();
		return status?.pid === child.pid ? status : null;
	};
	const reason = await whyNotStanding(own, config.startMs, async () => ended);
	child.unref();
	if (reason === null) return;
	child.kill('SIGKILL');
	throw notStanding(instance.name, reason, logFile);
}

/**
 * Waits for an instance whose Node-RED its runner has begun to start by itself, and goes on trying to whatever this says.
 * @throws FlowferryError INSTANCE_NOT_STANDING
 */
export async function untilStanding(
	instance: Instance,
	startMs: number,
	{ addressFile, logFile }: Omit<ProcessPlace, 'directory'>,
): Promise<void> {
	const hasEnded = async (status: InstanceStatus | null) =>
		status || (await runnerPid(addressFile)) !== null ? null : 'its runner has ended';
	const reason = await whyNotStanding(() => instance.status(), startMs, hasEnded);
	if (reason !== null) throw notStanding(instance.name, reason, logFile);
}

/**
 * The log takes its standard error. It gets no environment: what Node-RED is to see comes with the configuration. The file
 * in its command line is not read; by it the process is recognised.
 */
async function spawnDetached(config: RunnerConfig, { directory, addressFile, logFile }: ProcessPlace): Promise<ChildProcess> {
	const log = await open(logFile, 'a', 0o600);
	try {
		const child = spawn(process.execPath, [programPath('runner'), addressFile], {
			cwd: directory,
			detached: true,
			stdio: ['pipe', 'ignore', log.fd],
			env: {},
		});
		child.stdin?.on('error', () => {}); // shows as its end
		child.stdin?.end(JSON.stringify(config));
		return child;
	} finally {
		await log.close();
	}
}

/**
 * Ends an instance's runner, and with it Node-RED and the lease; nothing to do where none runs.
 * @param stopMs what Node-RED gets to end by itself
 */
export async function stopRunner(addressFile: string, stopMs: number): Promise<void> {
	const pid = await runnerPid(addressFile);
	if (pid !== null) {
		process.kill(pid, 'SIGTERM');
		if (!(await isGoneWithin(pid, stopMs + RUNNER_EXTRA_MS))) {
			process.kill(pid, 'SIGKILL');
			await isGoneWithin(pid, stopMs);
		}
	}
	await rm(addressFile, { force: true });
}

/** Ends it at once; Node-RED dies with it. Resolves when it is gone. */
export async function killRunner(addressFile: string, waitMs: number): Promise<void> {
	const pid = await runnerPid(addressFile);
	if (pid === null) return;
	process.kill(pid, 'SIGKILL');
	await isGoneWithin(pid, waitMs);
}

/** Null where none runs. */
async function runnerPid(addressFile: string): Promise<number | null> {
	try {
		const { pid } = JSON.parse(await readFile(addressFile, 'utf8')) as RunnerAddress;
		return (await isRunner(pid, addressFile)) ? pid : null;
	} catch {
		return null;
	}
}

/**
 * This instance's runner, whichever installation of flowferry started it: else the number has gone to another program,
 * which must not be touched.
 */
export async function isRunner(pid: number, addressFile: string): Promise<boolean> {
	return isAlive(pid) && ((await commandLineOf(pid)) ?? '').includes(`${join('dist', 'runner', 'main.js')} ${addressFile}`);
}
