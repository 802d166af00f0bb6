import { mkdir, statfs } from 'node:fs/promises';
import type { GitRepository } from '../adapters/git.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Snapshot } from './snapshot.ts';
import { shortId } from './snapshot.ts';
import { FOLDER, listIds, readSnapshotFolder, removeSnapshotFolder, writeSnapshotFolder } from './snapshot-files.ts';
import type { SnapshotStore, StoredSnapshot } from './store.ts';
import { resolveId } from './store.ts';

/**
 * Snapshots in a git repository, one folder and one commit each. Reading needs no git.
 * @param directory made, with its repository, at the first `put`
 * @param git the repository in that directory
 */
export function openGitStore(directory: string, git: GitRepository): SnapshotStore {
	const list = async (): Promise<StoredSnapshot[]> => {
		const found: StoredSnapshot[] = [];
		for (const id of await listIds(directory)) {
			try {
				found.push({ state: 'intact', id, snapshot: await readSnapshotFolder(directory, id) });
			} catch (error) {
				if (!(error instanceof FlowferryError)) throw error;
				found.push({ state: 'corrupt', id, problem: error });
			}
		}
		return found.sort(newestFirst);
	};

	return {
		list,
		get: async (idOrPrefix) => readSnapshotFolder(directory, resolveId(idOrPrefix, await listIds(directory))),
		put: async (snapshot) => {
			const folder = `${FOLDER}/${snapshot.id}`;
			let created = false;
			try {
				await mkdir(directory, { recursive: true });
				await git.initialise();
				if ((await listIds(directory)).includes(snapshot.id)) await readSnapshotFolder(directory, snapshot.id);
				else created = await writeSnapshotFolder(directory, snapshot);
				// Also where it was there: a process that died between writing and committing is made good for.
				if (created || (await git.isDirty(folder))) await git.commit(folder, commitMessage(snapshot), signature(snapshot.author));
				return { created };
			} catch (error) {
				// Before the undoing, which makes room on a full disk.
				const fault = await writeFault(error, directory);
				// Unless another process has just committed the very same snapshot.
				if (created && (await git.isDirty(folder).catch(() => true))) await undo(git, directory, snapshot.id);
				throw fault;
			}
		},
	};
}

/** What fails here as well (the disk is full, git is gone) leaves an intact folder, which the next `put` commits. */
async function undo(git: GitRepository, directory: string, id: string): Promise<void> {
	await removeSnapshotFolder(directory, id);
	await git.unstage(`${FOLDER}/${id}`).catch(() => undefined);
}

function newestFirst(a: StoredSnapshot, b: StoredSnapshot): number {
	if (a.state === 'corrupt' || b.state === 'corrupt') return Number(a.state === 'corrupt') - Number(b.state === 'corrupt');
	return a.snapshot.time < b.snapshot.time ? 1 : a.snapshot.time > b.snapshot.time ? -1 : 0;
}

function commitMessage(snapshot: Snapshot): string {
	return snapshot.message.trim() === '' ? `Snapshot ${shortId(snapshot.id)}` : snapshot.message;
}

/** Git takes no author without the brackets. */
function signature(author: string): string {
	return /^[^<>\n]+ <[^<>\n]*>$/.test(author) ? author : `${author.replace(/[<>\n]/g, ' ').trim() || 'unknown'} <unknown@localhost>`;
}

const REASONS: Record<string, { problem: string; hint: string }> = {
	ENOSPC: { problem: 'there is no space left on its disk', hint: 'Free some space there' },
	EDQUOT: { problem: 'your disk quota is used up', hint: 'Free some space there' },
	EACCES: { problem: 'you may not write there', hint: 'Correct the permissions, or `store` in the configuration' },
	EPERM: { problem: 'you may not write there', hint: 'Correct the permissions, or `store` in the configuration' },
	EROFS: { problem: 'its file system is read-only', hint: 'Correct `store` in the configuration' },
	ENOTDIR: { problem: 'a part of its path is a file', hint: 'Correct `store` in the configuration' },
	EEXIST: { problem: 'it is a file, not a folder', hint: 'Correct `store` in the configuration' },
};

async function writeFault(error: unknown, directory: string): Promise<unknown> {
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

/** Below this, a failure of git is taken to come from a full disk. */
const NEARLY_FULL_BYTES = 64 * 1024;

/** Git has no codes, only the C library's words, and where it writes its index and refs not even those. */
async function codeOf(error: unknown, directory: string): Promise<string> {
	const { code, message } = error as NodeJS.ErrnoException;
	if (code !== 'GIT_FAILED') return code ?? '';
	if (/No space left on device/i.test(message)) return 'ENOSPC';
	if (/Disk quota exceeded/i.test(message)) return 'EDQUOT';
	if (/Read-only file system/i.test(message)) return 'EROFS';
	if (/Permission denied/i.test(message)) return 'EACCES';
	const disk = await statfs(directory);
	return disk.bavail * disk.bsize < NEARLY_FULL_BYTES ? 'ENOSPC' : '';
}
