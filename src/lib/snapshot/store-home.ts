import { mkdir } from 'node:fs/promises';
import type { GitRepository } from '../adapters/git.ts';
import { initialiseRepository, openGitRepository } from '../adapters/git.ts';
import type { Environment } from '../adapters/git-client.ts';
import { checkOutApart, requireCommittable } from '../adapters/git-team.ts';

/** The folder in a git repository where a store has its files. */
export interface StoreHome {
	/** As messages name it. */
	name: string;
	/** A folder on the disk that it is on, which is there once anything was written; absolute. */
	place: string;
	/** For reading: the folder, which need not be there; absolute. */
	find(): Promise<string>;
	/** For writing: sees that the folder is there and that a commit can be made. @throws FlowferryError GIT_BUSY, GIT_DETACHED, STORE_… */
	prepare(): Promise<string>;
	open(directory: string): GitRepository;
	/**
	 * own: everything in the repository's work tree, or on the branch, is the store's; team: the folder alone, on a branch where others
	 * work, which they push and pull themselves.
	 */
	kind: 'own' | 'team';
}

/** A repository of the store's own, made at the first write. Reading needs no git. @param directory absolute */
export function ownRepository(
	directory: string,
	env: Environment,
	open: StoreHome['open'] = (at) => openGitRepository(at, env),
): StoreHome {
	return {
		name: directory,
		place: directory,
		kind: 'own',
		open,
		find: async () => directory,
		prepare: async () => {
			await mkdir(directory, { recursive: true });
			await initialiseRepository(directory, env);
			return directory;
		},
	};
}

/** A folder in the work tree of the team's repository, on the branch that is checked out. Reading needs no git. @param directory absolute */
export function teamFolder(directory: string, env: Environment): StoreHome {
	return {
		name: directory,
		place: directory,
		kind: 'team',
		open: (at) => openGitRepository(at, env),
		find: async () => directory,
		prepare: async () => {
			await mkdir(directory, { recursive: true });
			await requireCommittable(directory, env);
			return directory;
		},
	};
}

/**
 * A branch of the team's repository that nobody checks out: it is checked out by itself, in a folder within `.git`.
 * @param project a folder in that repository
 * @param remote where the branch is looked for when it is not here yet
 */
export function teamBranch(project: string, branch: string, remote: string, env: Environment): StoreHome {
	let found: string | undefined;
	const locate = async (create: boolean) => {
		if (found !== undefined) return found;
		const { directory, exists } = await checkOutApart(project, branch, { create, remote }, env);
		if (exists) found = directory;
		return directory;
	};
	return {
		name: `the branch ${branch} of ${project}`,
		place: project,
		kind: 'own',
		open: (at) => openGitRepository(at, env),
		find: () => locate(false),
		prepare: () => locate(true),
	};
}
