import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { FlowferryError } from '../../errors/flowferry-error.ts';

/** The oldest one that can do all that the configuration asks for: Debian 12's. */
const oldest = [2, 6] as const;

/** Where packages put it although not every user's PATH names it. */
const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

const instead = 'or set `router: gateway`, which needs no other program';

/**
 * The installed HAProxy.
 * @param searchPath as in the variable PATH
 * @throws FlowferryError HAPROXY_MISSING, HAPROXY_TOO_OLD, HAPROXY_NOT_RUNNABLE
 */
export async function findHaproxy(searchPath: string, folders: readonly string[] = usualFolders): Promise<string> {
	const program = await firstProgram([...searchPath.split(delimiter).filter(Boolean), ...folders].map((folder) => join(folder, 'haproxy')));
	const found = await versionOf(program);
	const [major, minor] = found.split('.').map(Number) as [number, number];
	if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return program;
	throw new FlowferryError({
		code: 'HAPROXY_TOO_OLD',
		message: `${program} is HAProxy ${found}, but ${oldest.join('.')} or later is needed`,
		hint: `Install a newer one (Debian 12 and Ubuntu 23.04 have one), ${instead}.`,
	});
}

async function firstProgram(candidates: readonly string[]): Promise<string> {
	let denied: string | undefined;
	for (const candidate of candidates) {
		try {
			await access(candidate, constants.X_OK);
			return candidate;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'EACCES') denied ??= candidate;
		}
	}
	if (denied !== undefined) throw notRunnable(denied, 'permission denied');
	throw new FlowferryError({
		code: 'HAPROXY_MISSING',
		message: 'The configuration says `router: haproxy`, but haproxy is not installed, or not on the PATH',
		hint: `Install it (Debian, Ubuntu: apt-get install haproxy), ${instead}.`,
	});
}

async function versionOf(program: string): Promise<string> {
	let output: string;
	try {
		output = (await promisify(execFile)(program, ['-v'], { timeout: 5_000 })).stdout;
	} catch (error) {
		throw notRunnable(program, (error as Error).message);
	}
	const version = /version (\d+\.\d+)/i.exec(output)?.[1];
	if (version === undefined) throw notRunnable(program, 'it does not tell its version');
	return version;
}

function notRunnable(program: string, reason: string): FlowferryError {
	return new FlowferryError({
		code: 'HAPROXY_NOT_RUNNABLE',
		message: `${program} cannot be run: ${reason}`,
		hint: `Check its permissions and that \`${program} -v\` works, ${instead}.`,
	});
}
