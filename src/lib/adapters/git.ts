import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Environment, RunGit } from './git-client.ts';
import { gitRunner } from './git-client.ts';
import { readGitIdentity } from './git-reader.ts';

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

/** Against what could make the user's own git configuration stop or change our commits. What git commits is to survive a power cut. */
export const CONFIG = ['core.autocrlf=false', 'core.hooksPath=/dev/null', 'core.fsync=committed,reference', 'core.quotePath=false'];
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
