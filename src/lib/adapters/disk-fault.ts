import { statfs } from 'node:fs/promises';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** Below this, whatever fails is taken to fail for want of room: a program that was started there may say so nowhere. */
const NEARLY_FULL_BYTES = 64 * 1024;

/** SQLite's own number for a full disk, in the low byte of its error numbers. */
const SQLITE_FULL = 13;

const UNUSABLE: Record<string, string> = {
	EACCES: 'this user may not write there',
	EPERM: 'this user may not write there',
	EROFS: 'its file system is read-only',
	ENOTDIR: 'a part of its path is a file',
	EEXIST: 'it is a file, not a folder',
};

/**
 * Puts what went wrong while working in a folder into words, where the disk is to blame; anything else comes back as it is.
 * @returns FlowferryError DISK_FULL or FOLDER_UNUSABLE, or the error itself
 */
export async function explainDiskFault(error: unknown, folder: string): Promise<unknown> {
	const { code = '', errcode = 0, message } = error as NodeJS.ErrnoException & { errcode?: number };
	if (code === 'ENOSPC' || code === 'EDQUOT' || (errcode & 0xff) === SQLITE_FULL || (await isNearlyFull(folder))) {
		return new FlowferryError({
			code: 'DISK_FULL',
			message: `there is no space left on the disk of ${folder} (${message})`,
			hint: `make room there (\`df -h ${folder}\` shows how much there is), then run the same command again`,
			cause: error,
		});
	}
	const problem = error instanceof FlowferryError ? undefined : UNUSABLE[code];
	if (problem === undefined) return error;
	return new FlowferryError({
		code: 'FOLDER_UNUSABLE',
		message: `the folder ${folder} cannot be used: ${problem} (${message})`,
		hint: `correct its permissions, or the environment's \`directory\` in the configuration`,
		cause: error,
	});
}

/** Whether there is no room to speak of on the disk of a folder; false where that cannot be told. */
export async function isNearlyFull(folder: string): Promise<boolean> {
	try {
		const { bavail, bsize } = await statfs(folder);
		return bavail * bsize < NEARLY_FULL_BYTES;
	} catch {
		return false; // not there, or not to be asked: then that is the error
	}
}
