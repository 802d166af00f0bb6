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

/** In ticks since the machine's start; null where it has ended, also where nobody has asked for it yet. Linux only. */
export async function startOf(pid: number): Promise<number | null> {
	const fields = await statOf(pid);
	return fields === null || fields[0] === 'Z' ? null : Number(fields[19]);
}

/** The children of each process of the machine, ended ones too. Linux only. */
export async function childrenByParent(): Promise<Map<number, number[]>> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
	const children = new Map<number, number[]>();
	for (const pid of pids) {
		const parent = Number((await statOf(pid))?.[1] ?? 0);
		children.set(parent, [...(children.get(parent) ?? []), pid]);
	}
	return children;
}

/** A process and all below it. What the engine runs in a container besides, its check of health above all, is not among them. */
export function familyOf(pid: number, children: ReadonlyMap<number, number[]>): number[] {
	return pid === 0 ? [] : [pid, ...(children.get(pid) ?? []).flatMap((child) => familyOf(child, children))];
}

/** What `/proc/<pid>/stat` has after the command's name: state, parent, ...; null where there is no such process. */
async function statOf(pid: number): Promise<string[] | null> {
	const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return fields.length < 20 ? null : fields;
}
