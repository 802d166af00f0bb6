import { isNearlyFull } from '../adapters/disk-fault.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

const REASONS: Record<string, { problem: string; hint: string }> = {
	ENOSPC: { problem: 'there is no space left on its disk', hint: 'Free some space there' },
	EDQUOT: { problem: 'your disk quota is used up', hint: 'Free some space there' },
	EACCES: { problem: 'you may not write there', hint: 'Correct the permissions, or `store` in the configuration' },
	EPERM: { problem: 'you may not write there', hint: 'Correct the permissions, or `store` in the configuration' },
	EROFS: { problem: 'its file system is read-only', hint: 'Correct `store` in the configuration' },
	ENOTDIR: { problem: 'a part of its path is a file', hint: 'Correct `store` in the configuration' },
	EEXIST: { problem: 'it is a file, not a folder', hint: 'Correct `store` in the configuration' },
};

/**
 * Puts why a store could not be written into words, where the disk is to blame; anything else comes back as it is.
 * @param directory on that disk; absolute
 */
export async function explainWriteFault(error: unknown, directory: string): Promise<unknown> {
	const code = await codeOf(error, directory);
	const reason = REASONS[code];
	if (reason === undefined) return error;
	return new FlowferryError({
		code: 'STORE_WRITE_FAILED',
		message: `The snapshot could not be stored in ${directory}: ${reason.problem} (${code})`,
		hint: `${reason.hint}, then try again. Nothing was stored; the earlier snapshots are as they were.`,
		cause: error,
	});
}

/** SQLite's own numbers, in the low byte of its error numbers, for a full disk and for a file that it may not make. */
const SQLITE: Record<number, string> = { 13: 'ENOSPC', 8: 'EROFS', 14: 'EACCES' };

/** Git has no codes, only the C library's words, and where it writes its index and refs not even those. */
async function codeOf(error: unknown, directory: string): Promise<string> {
	const { code, message, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
	if (errcode !== undefined) return SQLITE[errcode & 0xff] ?? '';
	if (code === undefined || !code.startsWith('GIT_')) return code ?? '';
	if (/No space left on device/i.test(message)) return 'ENOSPC';
	if (/Disk quota exceeded/i.test(message)) return 'EDQUOT';
	if (/Read-only file system/i.test(message)) return 'EROFS';
	if (/Permission denied/i.test(message)) return 'EACCES';
	if (code !== 'GIT_FAILED') return '';
	return (await isNearlyFull(directory)) ? 'ENOSPC' : '';
}
