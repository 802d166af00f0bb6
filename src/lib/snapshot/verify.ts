import type { GitRepository } from '../adapters/git.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { FOLDER, findFolders, readSnapshotFolder } from './snapshot-files.ts';
import type { DamagedSnapshot, Verification } from './store.ts';

/** Lets progress be drawn, and signals come through, while thousands are read. */
const BETWEEN_PAUSES = 50;

/**
 * Reads everything that a store has, and asks git what differs from what was committed, and whether its history is whole.
 * @param git null where there is no repository yet
 * @param kind a team's whole history is not the store's to look through: there, only that all objects are there
 */
export async function verifyStore(
	directory: string,
	git: GitRepository | null,
	kind: 'own' | 'team',
	onRead: (done: number, total: number) => void = () => {},
): Promise<Verification> {
	const folders = findFolders(directory);
	// In a process of its own, while the files are read here.
	const history = git === null ? [] : fsck(git, kind);
	const faults = new Map<string, FlowferryError>();
	let done = 0;
	for (const [id, folder] of folders) {
		try {
			readSnapshotFolder(directory, id, folder);
		} catch (error) {
			if (!(error instanceof FlowferryError)) throw error;
			faults.set(id, error);
		}
		onRead(++done, folders.size);
		if (done % BETWEEN_PAUSES === 0) await new Promise((resolve) => setImmediate(resolve));
	}
	const changed = git === null ? new Map<string, string[]>() : await changedFiles(git);
	const damaged: DamagedSnapshot[] = [...faults].map(([id, { message, hint }]) => ({
		id,
		files: changed.get(id) ?? [folders.get(id)!],
		message,
		hint: hint ?? '',
	}));
	for (const [id, files] of changed) if (!faults.has(id)) damaged.push(differing(directory, id, files, folders.has(id)));
	return { checked: folders.size, damaged, repository: await history };
}

/** By snapshot: the files that were changed or removed since they were committed. New ones are another process's work. */
async function changedFiles(git: GitRepository): Promise<Map<string, string[]>> {
	const said = await git.run(['diff', '--name-only', '--relative', '-z', 'HEAD', '--', FOLDER]).catch(() => '');
	const files = Map.groupBy(said.split('\0'), (path) => /\/([0-9a-f]{64})\//.exec(path)?.[1] ?? '');
	files.delete('');
	return files;
}

function differing(directory: string, id: string, files: string[], isThere: boolean): DamagedSnapshot {
	const folder = files[0]!.slice(0, files[0]!.indexOf(id) + id.length);
	return {
		id,
		files,
		message: `The snapshot store ${directory} ${isThere ? 'has a snapshot whose files are not those that were committed' : 'lacks a snapshot that was committed'}: ${folder}`,
		hint: `Restore it from its repository: git -C '${directory}' checkout HEAD -- ${folder}`,
	};
}

async function fsck(git: GitRepository, kind: 'own' | 'team'): Promise<string[]> {
	try {
		const said = await git.run(['fsck', '--no-dangling', '--no-progress', ...(kind === 'team' ? ['--connectivity-only'] : [])]);
		return said.split('\n').filter((line) => line !== '');
	} catch (error) {
		if (!(error instanceof FlowferryError)) throw error;
		return [error.message];
	}
}
