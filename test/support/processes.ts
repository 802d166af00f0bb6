import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * The processes that have a folder in use: in their command line, as their working directory, or with a file of it open.
 * Reads /proc, so Linux only.
 * @returns `<pid> <command line>` each
 */
export async function findProcessesIn(folder: string): Promise<string[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const found = await Promise.all(
		pids.map(async (pid) => {
			const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
			const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
			const links = [`/proc/${pid}/cwd`, ...descriptors.map((descriptor) => `/proc/${pid}/fd/${descriptor}`)];
			const targets = await Promise.all(links.map((link) => readlink(link).catch(() => '')));
			return [command, ...targets].some((text) => text.includes(folder)) ? [`${pid} ${command}`] : [];
		}),
	);
	return found.flat();
}
