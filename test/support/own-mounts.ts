import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Folders that programs have for themselves, where others of this machine have their own. */
export interface OwnMounts {
	/** What starts a program with them. */
	within: readonly string[];
	/** To be called when those programs have ended; with that, all that they have mounted is gone. */
	end(): Promise<void>;
}

/** Needs root on Linux. @param folder where they are in truth @param hidden `/var/log` */
export async function makeOwnMounts(folder: string, hidden: readonly string[]): Promise<OwnMounts> {
	const mounts = await Promise.all(
		hidden.map(async (path) => {
			const own = join(folder, path);
			await mkdir(own, { recursive: true });
			return `mount --bind '${own}' '${path}'`;
		}),
	);
	const script = [...mounts, 'echo made', 'exec sleep infinity'].join(' && ');
	const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'exit')]);
	if (line !== 'made') throw new Error(`${hidden.join(', ')} cannot be mounted: ${line}`);
	return {
		within: ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`],
		end: async () => {
			const exit = once(child, 'exit');
			child.kill('SIGKILL');
			await exit;
		},
	};
}
