import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One instance's processes, as the system knows them: also where neither answers. */
export interface Processes {
	runner: number;
	/** Null while it is started again. */
	nodeRed: number | null;
}

/** Null where its runner does not run. @param index of the instance */
export async function processesOf(slotFolder: string, index: number): Promise<Processes | null> {
	try {
		const { pid } = JSON.parse(await readFile(join(slotFolder, String(index), 'address.json'), 'utf8')) as { pid: number };
		return parentOf(pid) === null ? null : { runner: pid, nodeRed: childOf(pid) };
	} catch {
		return null;
	}
}

function childOf(pid: number): number | null {
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.map(Number).find((each) => parentOf(each) === pid) ?? null;
}

/** Null where it has ended. */
function parentOf(pid: number): number | null {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The program's name stands in parentheses before these, and may hold any character.
		const [state, parent] = fields.slice(fields.lastIndexOf(')') + 2).split(' ');
		return state === 'Z' || state === 'X' ? null : Number(parent);
	} catch {
		return null;
	}
}

/** It may have ended by itself. */
export function signal(pid: number | null, name: NodeJS.Signals): void {
	if (pid === null) return;
	try {
		process.kill(pid, name);
	} catch {
		// Ended.
	}
}
