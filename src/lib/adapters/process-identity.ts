import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Whether a process still runs. One that has ended and that its parent has not asked for yet (a zombie) does not: in a
 * container whose first process is no init, it would seem to run for ever.
 */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
	return !isZombie(pid);
}

/** From Linux's /proc; elsewhere nothing is known, and the process counts as running. */
function isZombie(pid: number): boolean {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The state follows the program's name, which stands in parentheses and may hold any character.
		return /^\) [ZX]/.test(fields.slice(fields.lastIndexOf(')')));
	} catch {
		return false;
	}
}

/**
 * The command line of a process, or null. A process id in a file may have gone to another program since, after a reboot
 * for one: who wants to kill by it must look first.
 */
export async function commandLineOf(pid: number): Promise<string | null> {
	try {
		return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
	} catch {
		// Not Linux.
	}
	try {
		const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
		return stdout.trim();
	} catch {
		return null;
	}
}

/** The process that started a process, or that took it over; null where that is not to be had. */
export async function parentOf(pid: number): Promise<number | null> {
	try {
		const fields = await readFile(`/proc/${pid}/stat`, 'utf8');
		return Number(/^\) \S (\d+)/.exec(fields.slice(fields.lastIndexOf(')')))?.[1]);
	} catch {
		// Not Linux.
	}
	try {
		const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]);
		return Number(stdout);
	} catch {
		return null;
	}
}

/** Waits for a process to end; false where it outlives `ms`. */
export async function isGoneWithin(pid: number, ms: number): Promise<boolean> {
	const end = performance.now() + ms;
	while (isAlive(pid)) {
		if (performance.now() > end) return false;
		await sleep(20);
	}
	return true;
}
