import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../adapters/git.ts';
import { wordsOf } from '../adapters/git-client.ts';
import { BUSY } from '../adapters/state-database.ts';
import { lockStateDatabase } from '../adapters/state-lock.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { fetchMerged, fetchTags, pushStore } from './exchange.ts';
import { requireNoneChanged, requireOnlyOurs } from './foreign-files.ts';
import { REVIEW } from './merge-units.ts';
import { requireOurReview, writeReview } from './review-folder.ts';
import type { Snapshot } from './snapshot.ts';
import { shortId } from './snapshot.ts';
import { findFolders, folderFor, readSnapshotFolder, readTime, removeFolder, writeSnapshotFolder } from './snapshot-files.ts';
import type { Shared, SnapshotStore, StoredSnapshot, StoredTime } from './store.ts';
import { resolveId } from './store.ts';
import { explainWriteFault } from './store-fault.ts';
import type { StoreHome } from './store-home.ts';
import { checkTagName, deleteTag, readTags, writeTag } from './tags.ts';
import { verifyStore } from './verify.ts';

export interface Sharing {
	/** A name that the repository knows, or an address. */
	remote: string;
	/** auto: what is stored is exchanged with the remote at once. */
	push: 'auto' | 'manual';
}

/** One flowferry at a time writes; a pull of many snapshots takes its time. */
const LOCK_PATIENCE_MS = 60_000;
/** Names the commit that the files are being brought to, while they are. */
const UNFINISHED = '.flowferry-unfinished';

/** Snapshots in a git repository, one folder and one commit each. */
export function openGitStore(home: StoreHome, sharing: Sharing = { remote: 'origin', push: 'manual' }): SnapshotStore {
	/** Writes with nobody else writing, and after what a process that died left has been ended. */
	const writing = async <R>(work: (git: GitRepository, directory: string) => Promise<R>): Promise<R> => {
		const directory = await home.prepare();
		const git = home.open(directory);
		const release = await lock(join(await git.gitDirectory(), 'flowferry-store.lock'), home.name);
		try {
			if (home.kind === 'own') await requireOnlyOurs(git, home.name);
			await finishMove(git, directory);
			return await work(git, directory);
		} finally {
			release();
		}
	};

	const find = async (): Promise<string> => {
		const directory = await home.find();
		if (existsSync(join(directory, UNFINISHED))) await writing(async () => {});
		return directory;
	};

	const indexOf = (directory: string): (StoredTime & { folder: string })[] =>
		[...findFolders(directory)].map(([id, folder]) => ({ id, folder, time: readTime(directory, folder) })).sort(newestFirst);
	const index = async () => indexOf(await find());

	const list = async (limit = Number.POSITIVE_INFINITY): Promise<StoredSnapshot[]> => {
		const directory = await find();
		const known = indexOf(directory);
		const shown = known.filter(({ time }, place) => place < limit || time === undefined);
		const read = shown.map(({ id, folder }): StoredSnapshot => {
			try {
				return { state: 'intact', id, snapshot: readSnapshotFolder(directory, id, folder) };
			} catch (error) {
				if (!(error instanceof FlowferryError)) throw error;
				return { state: 'corrupt', id, problem: error };
			}
		});
		return [...read.filter(({ state }) => state === 'intact'), ...read.filter(({ state }) => state === 'corrupt')];
	};

	const tags = async (): Promise<Map<string, string>> => {
		const directory = await find();
		if (!existsSync(directory)) return new Map();
		const known = await readTags(home.open(directory)).catch((error: unknown) => {
			if (error instanceof FlowferryError && /not a git repository/.test(wordsOf(error))) return new Map<string, string>();
			throw error;
		});
		// In a repository with several stores, another one's tags are not ours.
		const folders = findFolders(directory);
		return new Map([...known].filter(([, id]) => folders.has(id)));
	};

	const push = async () => {
		requireOwn(home, 'push');
		return { changed: await writing((git) => pushStore(git, sharing.remote)), remote: sharing.remote };
	};

	const pull = async () => {
		requireOwn(home, 'pull');
		return await writing(async (git, directory) => {
			const before = findFolders(directory);
			const commit = await fetchMerged(git, sharing.remote);
			if (commit !== null) {
				await requireOnlyOurs(git, home.name, commit);
				await move(git, directory, commit);
			}
			await fetchTags(git, sharing.remote);
			const after = findFolders(directory);
			const added = [...after.keys()].filter((id) => !before.has(id)).length;
			return { added, removed: before.size + added - after.size, remote: sharing.remote };
		});
	};

	/** Brings files and branch to a commit. Killed in between, that is gone on with before anything else is done. */
	const move = async (git: GitRepository, directory: string, commit: string) => {
		await requireNoneChanged(git, home.name, commit);
		await writeFile(join(directory, UNFINISHED), commit, { flush: true });
		await finishMove(git, directory);
	};

	/** Where that is wanted; a failure is told, for what was stored stays. */
	const share = async (): Promise<Shared> => {
		let shared: Shared = {};
		if (sharing.push === 'manual' || home.kind === 'team') return shared;
		for (const exchange of [pull, push]) {
			try {
				await exchange();
			} catch (error) {
				if (!(error instanceof FlowferryError)) throw error;
				shared = { unshared: error };
				// All else was taken in, and can be sent.
				if (error.code !== 'TAG_CONFLICT') break;
			}
		}
		return shared;
	};

	const get = async (name: string): Promise<Snapshot> => {
		const directory = await find();
		const folders = findFolders(directory);
		const id = (/^[0-9a-f]{7,64}$/i.test(name) ? undefined : (await tags()).get(name)) ?? resolveId(name, [...folders.keys()]);
		return readSnapshotFolder(directory, id, folders.get(id)!);
	};

	return {
		list,
		index,
		count: async () => findFolders(await find()).size,
		tags,
		get,
		pull,
		push,
		put: async (snapshot) => {
			try {
				const created = await writing((git, directory) => store(git, directory, snapshot));
				return { created, ...(created ? await share() : {}) };
			} catch (error) {
				throw await explainWriteFault(error, home.place);
			}
		},
		verify: async (onRead) => {
			const directory = await find();
			return await verifyStore(directory, existsSync(directory) ? home.open(directory) : null, home.kind, onRead);
		},
		remove: async (ids, message) => {
			await writing(async (git, directory) => {
				const folders = findFolders(directory);
				const gone = ids.flatMap((id) => folders.get(id) ?? []);
				if (gone.length === 0) return;
				if (home.kind === 'team') await git.commitRemoval(gone, message);
				else await move(git, directory, await git.commitWithout(gone, message));
			});
			return await share();
		},
		tag: async (id, name, message) => {
			checkTagName(name);
			await writing(async (git, directory) => {
				const folder = findFolders(directory).get(id);
				if (folder !== undefined) await writeTag(git, name, id, folder, message);
			});
			return await share();
		},
		untag: async (name) => await writing((git) => deleteTag(git, name)),
	};
}

async function store(git: GitRepository, directory: string, snapshot: Snapshot): Promise<boolean> {
	const known = findFolders(directory).get(snapshot.id);
	if (known !== undefined) readSnapshotFolder(directory, snapshot.id, known);
	// A process that died between writing and committing is made good for.
	if (known !== undefined && !(await git.isDirty(known))) return false;
	requireOurReview(directory);
	const folder = known ?? folderFor(snapshot.id);
	try {
		const created = known === undefined && (await writeSnapshotFolder(directory, snapshot));
		await writeReview(directory, snapshot);
		await git.commit([folder, REVIEW], commitMessage(snapshot), signature(snapshot.author));
		return created;
	} catch (error) {
		// Said before the undoing, which makes room on a full disk.
		const fault = await explainWriteFault(error, directory);
		// What fails here as well (the disk is full, git is gone) leaves an intact folder, which the next `put` commits.
		if (known === undefined) await removeFolder(directory, folder);
		await git.unstage(folder, REVIEW).catch(() => undefined);
		await git.restore(REVIEW).catch(() => undefined);
		throw fault;
	}
}

async function finishMove(git: GitRepository, directory: string): Promise<void> {
	const file = join(directory, UNFINISHED);
	if (!existsSync(file)) return;
	await git.finishMove(file);
	await rm(file, { force: true });
}

async function lock(file: string, name: string): Promise<() => void> {
	try {
		return await lockStateDatabase(file, LOCK_PATIENCE_MS);
	} catch (error) {
		if ((error as { errcode?: number }).errcode !== BUSY) throw error;
		throw new FlowferryError({
			code: 'STORE_BUSY',
			message: `Another flowferry has been writing into ${name} for ${LOCK_PATIENCE_MS / 1000} s`,
			hint: 'See what it waits for; when it ends, or is ended, try again.',
			cause: error,
		});
	}
}

function requireOwn(home: StoreHome, verb: 'push' | 'pull'): void {
	if (home.kind === 'own') return;
	throw new FlowferryError({
		code: 'STORE_NOT_ITS_OWN',
		message: `The snapshots in ${home.name} are on the branch that is checked out, together with the team's work`,
		hint: `Use \`git ${verb}\` there, and for tags \`git ${verb === 'push' ? 'push' : 'fetch'} origin 'refs/tags/snapshot/*:refs/tags/snapshot/*'\`.`,
	});
}

function newestFirst(a: StoredTime, b: StoredTime): number {
	if (a.time === b.time) return a.id < b.id ? -1 : 1;
	return (b.time ?? '') < (a.time ?? '') ? -1 : 1;
}

function commitMessage(snapshot: Snapshot): string {
	return snapshot.message.trim() === '' ? `Snapshot ${shortId(snapshot.id)}` : snapshot.message;
}

/** Git takes no author without the brackets. */
function signature(author: string): string {
	return /^[^<>\n]+ <[^<>\n]*>$/.test(author) ? author : `${author.replace(/[<>\n]/g, ' ').trim() || 'unknown'} <unknown@localhost>`;
}
