import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { rewriteFile } from './atomic-file.ts';
import type { Environment, RunGit } from './git-client.ts';
import { gitClient, gitFault, gitRunner, wordsOf } from './git-client.ts';

/** What the snapshot store needs of git in its folder, and no more. Every method throws as `RunGit`. Paths are relative to the folder. */
export interface GitRepository {
	/** Where git keeps what it knows of this folder; absolute. */
	gitDirectory(): Promise<string>;
	/** Whether something under the paths differs from the last commit. */
	isDirty(...paths: string[]): Promise<boolean>;
	/** Commits what is under the paths, and nothing else; signed where git is set to sign. */
	commit(paths: readonly string[], message: string, author?: string): Promise<void>;
	/** Makes the index what was committed at the paths again, after a commit that failed. */
	unstage(...paths: string[]): Promise<void>;
	/** Puts what was committed at a path back, if anything was. */
	restore(path: string): Promise<void>;
	run: RunGit;
	/** Makes a commit of a tree, without moving anything; signed where git is set to sign. @returns its hash */
	commitTree(tree: string, parents: readonly string[], message: string): Promise<string>;
	/** Makes a commit without these folders, and moves nothing. @returns its hash */
	commitWithout(folders: readonly string[], message: string): Promise<string>;
	/** Removes these folders, in a commit that has nothing else. */
	commitRemoval(folders: readonly string[], message: string): Promise<void>;
	/** Brings branch, index and files to the commit that a file names; nobody else works in this repository. */
	finishMove(file: string): Promise<void>;
	/** A tree made in an index of its own; the repository's index stays as it is. @returns the tree's hash */
	writeTree(build: (run: RunGit) => Promise<void>): Promise<string>;
}

/** What could make the user's own git configuration stop or change our commits. What git commits is to survive a power cut. */
const CONFIG = ['core.autocrlf=false', 'core.hooksPath=/dev/null', 'core.fsync=committed,reference', 'core.quotePath=false'];
/** Signs commits where the user has told git no name. */
const NOBODY = ['user.name=flowferry', 'user.email=flowferry@localhost'];

export function openGitRepository(directory: string, env: Environment): GitRepository {
	let config: Promise<readonly string[]> | undefined;
	/** Committed as the user where git knows one; looked up once, when it is needed. */
	const runAsUser = async (at: string, ...[args, variables]: Parameters<RunGit>) => {
		config ??= readGitIdentity(directory, env).then((known) => (known ? CONFIG : [...CONFIG, ...NOBODY]));
		return await gitRunner(at, env, await config)(args, variables);
	};
	const signedRun: RunGit = (args, variables) => runAsUser(directory, args, variables);
	const run = gitRunner(directory, env, CONFIG);
	const commitTree: GitRepository['commitTree'] = async (tree, parents, message) => {
		// What `git commit` looks at by itself.
		const signs = (await run(['config', '--type=bool', '--default=false', '--get', 'commit.gpgsign'])).trim() === 'true';
		const ancestry = parents.flatMap((parent) => ['-p', parent]);
		return (await signedRun(['commit-tree', tree, ...ancestry, ...(signs ? ['-S'] : []), '-m', message])).trim();
	};
	const writeTree: GitRepository['writeTree'] = async (build) => {
		const index = join((await run(['rev-parse', '--absolute-git-dir'])).trim(), `flowferry-index-${process.pid}`);
		const apart: RunGit = (args, variables) => run(args, { ...variables, GIT_INDEX_FILE: index });
		try {
			await build(apart);
			return (await apart(['write-tree'])).trim();
		} finally {
			await rm(index, { force: true });
		}
	};
	/** More paths than a command line takes. */
	const withPaths = async <R>(paths: readonly string[], work: (file: string) => Promise<R>): Promise<R> => {
		const file = join((await run(['rev-parse', '--absolute-git-dir'])).trim(), `flowferry-paths-${process.pid}`);
		try {
			await writeFile(file, paths.join('\n'));
			return await work(`--pathspec-from-file=${file}`);
		} finally {
			await rm(file, { force: true });
		}
	};
	return {
		run: signedRun,
		commitTree,
		writeTree,
		commitWithout: async (folders, message) => {
			const tree = await writeTree(async (apart) => {
				await apart(['read-tree', 'HEAD']);
				await withPaths(folders, (paths) => apart(['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', paths]));
			});
			return await commitTree(tree, ['HEAD'], message);
		},
		commitRemoval: async (folders, message) => {
			// Deeper than at the top, git takes no paths from a file.
			const [top = '', prefix = ''] = (await run(['rev-parse', '--show-toplevel', '--show-prefix'])).split('\n');
			const named = folders.map((folder) => `${prefix}${folder}`);
			await withPaths(named, async (paths) => {
				try {
					await runAsUser(top, ['rm', '-r', '--quiet', '--force', '--ignore-unmatch', paths]);
					await runAsUser(top, ['commit', '--quiet', '--cleanup=verbatim', `--message=${message}`, paths]);
				} catch (error) {
					await runAsUser(top, ['reset', '--quiet', paths]).catch(() => undefined);
					await runAsUser(top, ['checkout', '--quiet', paths]).catch(() => undefined);
					throw error;
				}
			});
		},
		finishMove: async (file) => {
			await run(['reset', '--hard', (await readFile(file, 'utf8')).trim() || 'HEAD']);
		},
		gitDirectory: async () => (await run(['rev-parse', '--absolute-git-dir'])).trim(),
		isDirty: async (...paths) => (await run(['status', '--porcelain', '--untracked-files=all', '--ignored', '--', ...paths])).trim() !== '',
		commit: async (paths, message, author) => {
			await run(['add', '--verbose', '--force', '--all', '--', ...paths]);
			const named = author === undefined ? [] : [`--author=${author}`];
			await signedRun(['commit', '--cleanup=verbatim', `--message=${message}`, ...named, '--', ...paths]);
		},
		unstage: async (...paths) => {
			await run(['reset', '--quiet', '--', ...paths]);
		},
		restore: async (path) => {
			if ((await run(['ls-tree', '--name-only', 'HEAD', '--', path])) !== '') await run(['checkout', '--quiet', 'HEAD', '--', path]);
		},
	};
}

/** Makes the folder, which is there, a repository, if it is none. A repository around it does not count. */
export async function initialiseRepository(directory: string, env: Environment): Promise<void> {
	const run = gitRunner(directory, env, CONFIG);
	const prefix = await run(['rev-parse', '--show-prefix']).catch((error: unknown) => {
		if (error instanceof FlowferryError && error.code === 'GIT_FAILED') return undefined;
		throw error;
	});
	// Only at a work tree's top is the prefix an empty line; deeper, the folder belongs to a repository around it.
	if (prefix?.trim() !== '') await run(['init', '--initial-branch=main']);
}

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
/** `Name <mail>` as git would sign a commit made in this folder, or undefined where git or the name is missing. */
export async function readGitIdentity(directory: string, env: Environment): Promise<string | undefined> {
	const git = gitClient(directory, env, []);
	const lines = await git.raw(['config', '--get-regexp', '^user\\.(name|email)$']).catch(() => '');
	const read = (key: string) =>
		lines
			.split('\n')
			.findLast((line) => line.startsWith(`${key} `))
			?.slice(key.length + 1)
			.trim() ?? '';
	const [name, mail] = [read('user.name'), read('user.email')];
	return name === '' || mail === '' ? undefined : `${name} <${mail}>`;
}

/**
 * A file of the user's own repository as it was at a commit; null where it was not there.
 * @param path absolute
 * @param ref anything that names a commit to git
 * @throws FlowferryError GIT_REF_UNKNOWN, GIT_MISSING, GIT_FAILED
 */
export async function readFileAtRef(path: string, ref: string, env: Environment): Promise<string | null> {
	return await (await openCommit(dirname(path), ref, env)).read(basename(path));
}

/** The files of a commit of the user's own repository. */
export interface CommittedFiles {
	/** What paths are relative to. */
	directory: string;
	/** The full hash. */
	commit: string;
	/** A file's text; null where the commit has no such file. @throws FlowferryError GIT_FAILED */
	read(path: string): Promise<string | null>;
}

/**
 * Looks a commit up; nothing is checked out.
 * @param directory in a work tree, or a bare repository
 * @param ref anything that names a commit to git
 * @throws FlowferryError GIT_REF_UNKNOWN, GIT_MISSING, GIT_FAILED
 */
export async function openCommit(directory: string, ref: string, env: Environment): Promise<CommittedFiles> {
	const git = readerFor(directory, env);
	const run = async (...args: string[]): Promise<string> => {
		try {
			return await git.raw(args);
		} catch (error) {
			throw gitFault(error, directory);
		}
	};
	// Empty at a work tree's top and in a bare repository.
	const prefix = (await run('rev-parse', '--show-prefix')).trim();
	// A name that begins with - would be an option.
	const commit = ref.startsWith('-') ? '' : (await git.raw(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(() => '')).trim();
	if (commit === '') {
		throw new FlowferryError({
			code: 'GIT_REF_UNKNOWN',
			message: `git knows no commit ${ref} in ${directory}`,
			hint: 'Name a branch, a tag or a commit; a CI checkout may have to fetch it first (fetch-depth: 0).',
		});
	}
	return {
		directory,
		commit,
		read: async (path) => {
			const file = posix.normalize(`${prefix}${path.replaceAll('\\', '/')}`);
			if ((await run('ls-tree', '--full-tree', '--name-only', commit, '--', file)) === '') return null;
			return await run('show', `${commit}:${file}`);
		},
	};
}

/** simple-git says nothing useful of a folder that is not there. */
function readerFor(directory: string, env: Environment): SimpleGit {
	try {
		return gitClient(directory, env, []);
	} catch (error) {
		throw new FlowferryError({
			code: 'GIT_FAILED',
			message: `There is no folder ${directory}`,
			hint: 'Name the folder of a git repository.',
			cause: error,
		});
	}
}
