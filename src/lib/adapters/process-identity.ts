import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
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
