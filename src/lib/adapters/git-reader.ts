import { basename, dirname, posix } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Environment } from './git-client.ts';
import { gitClient, gitFault } from './git-client.ts';

/** What is read of the user's own repositories; nothing of them is changed. */

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
