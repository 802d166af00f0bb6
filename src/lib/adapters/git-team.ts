import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { rewriteFile } from './atomic-file.ts';
import { CONFIG, openGitRepository } from './git.ts';
import type { Environment } from './git-client.ts';
import { gitRunner, wordsOf } from './git-client.ts';

/** Snapshots in a repository that is the team's: beside its work, in a folder or on a branch. */

/**
 * Sees that a commit can be made in the repository around a folder.
 * @throws FlowferryError STORE_NO_REPOSITORY; GIT_BUSY during a merge, rebase or the like; GIT_DETACHED
 */
export async function requireCommittable(directory: string, env: Environment): Promise<void> {
	const gitDirectory = await findRepository(directory, env, '--absolute-git-dir');
	const unfinished = [
		['MERGE_HEAD', 'merge'],
		['CHERRY_PICK_HEAD', 'cherry-pick'],
		['REVERT_HEAD', 'revert'],
		['rebase-merge', 'rebase'],
		['rebase-apply', 'rebase'],
	].find(([name]) => existsSync(join(gitDirectory, name as string)))?.[1];
	if (unfinished !== undefined) {
		throw new FlowferryError({
			code: 'GIT_BUSY',
			message: `A ${unfinished} is not finished in the repository of ${directory}: the snapshot cannot be committed now`,
			hint: `Finish it (\`git ${unfinished} --continue\`) or give it up (\`git ${unfinished} --abort\`); then try again.`,
		});
	}
	const run = gitRunner(directory, env, CONFIG);
	if ((await run(['symbolic-ref', '--quiet', 'HEAD'])) !== '') return;
	throw new FlowferryError({
		code: 'GIT_DETACHED',
		message: `No branch is checked out in the repository of ${directory}: a snapshot committed there would be on none`,
		hint: 'Check one out (`git switch NAME`), or keep snapshots on a branch of their own: `store: { branch: flowferry/snapshots }`.',
	});
}

/**
 * Checks a branch out into a folder within the repository's own `.git`: HEAD, index and files of the work tree around `project` are
 * not touched. Where there is no such branch, one at the remote is taken, and else an empty one begun if `create` says so.
 * @returns the folder, and whether the branch is there
 * @throws FlowferryError STORE_NO_REPOSITORY, STORE_BRANCH_IN_USE, and as `RunGit`
 */
export async function checkOutApart(
	project: string,
	branch: string,
	{ create, remote }: { create: boolean; remote: string },
	env: Environment,
): Promise<{ directory: string; exists: boolean }> {
	const common = await findRepository(project, env, '--path-format=absolute', '--git-common-dir');
	const directory = join(common, 'flowferry', branch.replaceAll('/', '-'));
	const repository = openGitRepository(project, env);
	await followMove(directory, common);
	if (!existsSync(join(directory, '.git'))) {
		const ref = `refs/heads/${branch}`;
		const known = (await repository.run(['for-each-ref', '--format=%(refname)', ref, `refs/remotes/${remote}/${branch}`])).split('\n');
		if (!known.includes(ref)) {
			if (!create && known[0] === '') return { directory, exists: false };
			const start =
				known[0] !== '' ? (known[0] as string) : await repository.commitTree(await repository.writeTree(async () => {}), [], 'Begin');
			// Only where it is still not there: another process may have begun it meanwhile.
			await repository.run(['update-ref', ref, start, '']).catch(async (error: unknown) => {
				if ((await repository.run(['for-each-ref', ref])) === '') throw error;
			});
		}
		const add = (...forced: string[]) => repository.run(['worktree', 'add', '--quiet', '--no-checkout', ...forced, directory, branch]);
		await add()
			// It was there, and somebody removed the folder, or a process was killed while it made it.
			.catch((error: FlowferryError) =>
				/already registered worktree/.test(wordsOf(error)) ? add('--force', '--force') : Promise.reject(error),
			)
			.catch((error: unknown) => {
				if (!existsSync(join(directory, '.git'))) throw inUse(error, branch);
			});
	}
	// The index comes last in a checkout: where it lacks, that was never finished.
	const apart = openGitRepository(directory, env);
	if (!existsSync(join(await apart.gitDirectory(), 'index'))) await apart.run(['reset', '--hard']);
	return { directory, exists: true };
}

/**
 * Where a repository was moved, renamed or copied, the folder in it still names the place where that was: it is told the new one. Not by
 * `git worktree repair`, which gives a copy's folder to the original.
 */
async function followMove(directory: string, common: string): Promise<void> {
	const link = join(directory, '.git');
	if (!existsSync(link)) return;
	const named = /^gitdir: (.+)$/m.exec(await readFile(link, 'utf8'))?.[1]?.trim() ?? '';
	const here = join(common, 'worktrees', posix.basename(named));
	if (resolve(directory, named) === resolve(here)) return;
	if (existsSync(join(here, 'HEAD'))) {
		await writeFile(join(here, 'gitdir'), `${link}\n`);
		await rewriteFile(link, `gitdir: ${here}\n`);
	} else await rm(directory, { recursive: true, force: true });
}

function inUse(error: unknown, branch: string): unknown {
	if (!(error instanceof FlowferryError) || !/already checked out|already used by worktree/.test(wordsOf(error))) return error;
	return new FlowferryError({
		code: 'STORE_BRANCH_IN_USE',
		message: `The branch ${branch}, which holds the snapshots, is checked out elsewhere: ${error.message}`,
		hint: 'Check another branch out there; to look at the snapshots, `git show` or a clone do.',
		cause: error,
	});
}

async function findRepository(directory: string, env: Environment, ...asked: string[]): Promise<string> {
	try {
		return (await gitRunner(directory, env, CONFIG)(['rev-parse', ...asked])).trim();
	} catch (error) {
		if (!(error instanceof FlowferryError) || !/not a git repository/i.test(wordsOf(error))) throw error;
		throw new FlowferryError({
			code: 'STORE_NO_REPOSITORY',
			message: `${directory} is in no git repository, and the configuration keeps snapshots in one`,
			hint: 'Run `git init` there; or give snapshots a repository of their own: `store: { path: .flowferry/snapshots }`.',
			cause: error,
		});
	}
}
