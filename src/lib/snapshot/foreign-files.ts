import type { GitRepository } from '../adapters/git.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** What a repository of snapshots may have at its top: the store's folders, and what a forge puts into every new repository. */
const OURS = /^(?:snapshots|review|(?:README|LICENSE)(?:\.\w+)?|\.git[\w.-]*)$/i;
/** All but the store's folders. */
const ELSEWHERE = ['--', ':!snapshots', ':!review'];
const SHOWN = 3;

/**
 * Sees that a repository is the store's own, since a prune and a pull bring all of its files to a commit.
 * @param commit what comes from a remote, in place of what is tracked here
 * @throws FlowferryError STORE_FOREIGN_FILES
 */
export async function requireOnlyOurs(git: GitRepository, name: string, commit?: string): Promise<void> {
	const paths = commit === undefined ? await listed(git, ['ls-files', '-z', ...ELSEWHERE]) : await topOf(git, commit);
	const foreign = paths.filter((path) => !OURS.test(top(path)));
	if (foreign.length === 0) return;
	const where = commit === undefined ? `The repository of ${name}` : `What the remote of ${name} has`;
	throw new FlowferryError({
		code: 'STORE_FOREIGN_FILES',
		message: `${where} is not of snapshots alone: it has ${some(foreign)}`,
		hint:
			commit === undefined
				? 'Keep snapshots in a folder of that repository (`store: { folder: snapshots }`) or on a branch of their own (`store: { branch: flowferry/snapshots }`).'
				: 'Name a repository for snapshots alone as `store.remote`, or keep them on a branch of their own: `store: { branch: flowferry/snapshots }`.',
	});
}

/**
 * Sees that bringing all files to a commit drops no work of others.
 * @throws FlowferryError STORE_FOREIGN_CHANGES
 */
export async function requireNoneChanged(git: GitRepository, name: string, commit: string): Promise<void> {
	const entries = await listed(git, ['status', '--porcelain', '-z', '--no-renames', ...ELSEWHERE]);
	const coming = new Set(await topOf(git, commit));
	// What git does not know stays as it is, where nothing of that name comes.
	const changed = entries.filter((entry) => !entry.startsWith('??') || coming.has(top(entry.slice(3)))).map((entry) => entry.slice(3));
	if (changed.length === 0) return;
	throw new FlowferryError({
		code: 'STORE_FOREIGN_CHANGES',
		message: `In ${name} there are changes that are no snapshots and would be lost: ${some(changed)}`,
		hint: 'Commit them there (`git add`, `git commit`), or take them away; then try again.',
	});
}

async function topOf(git: GitRepository, commit: string): Promise<string[]> {
	return await listed(git, ['ls-tree', '-z', '--name-only', '--full-tree', commit]);
}

async function listed(git: GitRepository, args: readonly string[]): Promise<string[]> {
	return (await git.run(args)).split('\0').filter((entry) => entry !== '');
}

function top(path: string): string {
	return path.split('/', 1)[0] as string;
}

function some(paths: readonly string[]): string {
	return paths.slice(0, SHOWN).join(', ') + (paths.length > SHOWN ? ', …' : '');
}
