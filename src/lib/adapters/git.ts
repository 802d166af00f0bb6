import { basename, dirname, posix } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { simpleGit } from 'simple-git';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** A git repository of our own: what the snapshot store needs of git, and no more. Every method throws GIT_MISSING or GIT_FAILED. */
export interface GitRepository {
	/** Makes the folder, which is there, a repository, if it is none. A repository around it does not count. */
	initialise(): Promise<void>;
	/** Whether something under the path, relative to the repository, differs from the last commit. */
	isDirty(path: string): Promise<boolean>;
	/** Commits what is under the path, and nothing else. */
	commit(path: string, message: string, author: string): Promise<void>;
	/** Takes the path out of the index again, after a commit that failed. */
	unstage(path: string): Promise<void>;
}

/** The variables that git may see. GIT_DIR and its kin, which are set inside a hook, would lead it to another repository. */
const PASSED_ON = [
	'PATH',
	'Path',
	'HOME',
	'USERPROFILE',
	'HOMEDRIVE',
	'HOMEPATH',
	'XDG_CONFIG_HOME',
	'SystemRoot',
	'TMPDIR',
	'TEMP',
	'TMP',
];

/** What could make the user's own git configuration stop or change our commits. */
const CONFIG = [
	'user.name=flowferry',
	'user.email=flowferry@localhost',
	'commit.gpgsign=false',
	'core.autocrlf=false',
	'core.hooksPath=/dev/null',
];

/** What git says where another process commits at the same time: it refuses at once instead of waiting. */
const CONTENTION = /(?:index|HEAD|main)\.lock': File exists|cannot lock ref .* is at \w+ but expected/;
const LOCK_ATTEMPTS = 20;
const LOCK_PAUSE_MS = 100;

type Environment = Readonly<Record<string, string | undefined>>;

export function openGitRepository(directory: string, env: Environment): GitRepository {
	const run = async (...args: string[]): Promise<string> => {
		for (let attempt = 1; ; attempt++) {
			try {
				return await clientFor(directory, env, CONFIG).raw(args);
			} catch (error) {
				const { message } = error as Error;
				if (attempt < LOCK_ATTEMPTS && CONTENTION.test(message)) {
					await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
				} else throw gitFault(error, directory);
			}
		}
	};
	return {
		initialise: async () => {
			const prefix = await run('rev-parse', '--show-prefix').catch((error: unknown) => {
				if (error instanceof FlowferryError && error.code === 'GIT_FAILED') return undefined;
				throw error;
			});
			// Only at a work tree's top is the prefix an empty line; deeper, the folder belongs to a repository around it.
			if (prefix?.trim() !== '') await run('init', '--quiet', '--initial-branch=main');
		},
		isDirty: async (path) => (await run('status', '--porcelain', '--untracked-files=all', '--ignored', '--', path)).trim() !== '',
		commit: async (path, message, author) => {
			await run('add', '--force', '--', path);
			await run('commit', '--quiet', '--cleanup=verbatim', `--message=${message}`, `--author=${author}`, '--', path);
		},
		unstage: async (path) => {
			await run('rm', '-r', '--cached', '--quiet', '--force', '--ignore-unmatch', '--', path);
		},
	};
}

/** `Name <mail>` as git would sign a commit made in this folder, or undefined where git or the name is missing. */
export async function readGitIdentity(directory: string, env: Environment): Promise<string | undefined> {
	const git = clientFor(directory, env, []);
	const read = async (key: string) => {
		try {
			return (await git.raw(['config', '--get', key])).trim();
		} catch {
			return '';
		}
	};
	const name = await read('user.name');
	const mail = await read('user.email');
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
		return clientFor(directory, env, []);
	} catch (error) {
		throw new FlowferryError({
			code: 'GIT_FAILED',
			message: `There is no folder ${directory}`,
			hint: 'Name the folder of a git repository.',
			cause: error,
		});
	}
}

function clientFor(directory: string, env: Environment, config: string[]): SimpleGit {
	const passedOn = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
	// Our own hooksPath is the one unsafe option: it switches hooks off.
	const client = simpleGit(directory, { config, unsafe: { allowUnsafeHooksPath: true } });
	return client.env({ ...Object.fromEntries(passedOn), LC_ALL: 'C' });
}

function gitFault(error: unknown, directory: string): FlowferryError {
	const { message } = error as Error;
	if (/spawn \S*git\S* ENOENT/.test(message)) {
		return new FlowferryError({
			code: 'GIT_MISSING',
			message: 'The program git was not found',
			hint: 'Install git (Debian: `apt install git`) and see that it is in PATH: snapshots are kept in a git repository.',
			cause: error,
		});
	}
	const said = message.trim().split('\n').slice(0, 3).join(' ');
	const locked = /\.lock': File exists/.test(message);
	return new FlowferryError({
		code: 'GIT_FAILED',
		message: `git failed in ${directory}: ${said}`,
		hint: locked
			? 'If no other git runs there, remove the lock file that git names.'
			: `Run \`git -C '${directory}' status\` and do what it says; then try again.`,
		cause: error,
	});
}
