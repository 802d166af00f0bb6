import type { GitRepository } from '../adapters/git.ts';
import { addressWithoutCredentials, asConfig, wordsOf } from '../adapters/git-client.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Merge, Units } from './merge-units.ts';
import { mergeUnits, pathOf, REVIEW, unitsOf } from './merge-units.ts';
import { readTags, TAGS } from './tags.ts';

/** The remote's branch, as it was fetched last. */
const THEIRS = 'refs/flowferry/theirs';
/** As many paths as a command line surely takes. */
const BATCH = 200;

/**
 * Sends the branch and the tags of snapshots; where only tags conflict, all else.
 * @returns whether anything was sent
 * @throws FlowferryError STORE_NO_REMOTE, STORE_REMOTE_…, STORE_PUSH_REJECTED, TAG_CONFLICT
 */
export async function pushStore(git: GitRepository, remote: string): Promise<boolean> {
	await requireRemote(git, remote);
	if ((await resolve(git, 'HEAD')) === null) return false;
	const branch = await currentBranch(git);
	const tags = (await git.run(['for-each-ref', '--count=1', `${TAGS}/`])) === '' ? [] : [`${TAGS}/*:${TAGS}/*`];
	const said = await runWith(git, remote, (name) => ['push', '--porcelain', '--', name, `HEAD:${branch}`, ...tags]).catch(
		(error: unknown) => {
			const refused = error instanceof FlowferryError ? wordsOf(error).match(/^!\t.*$/gm) : null;
			throw refused?.every((line) => TAG_REFUSED.test(line)) ? tagConflict(error as FlowferryError, remote) : remoteFault(error, remote);
		},
	);
	return said.split('\n').some((line) => /^[ *+-]\t/.test(line));
}

/**
 * Fetches the remote's branch, and finds the commit that has both sides' snapshots.
 * @returns null where there is nothing new
 */
export async function fetchMerged(git: GitRepository, remote: string): Promise<string | null> {
	await requireRemote(git, remote);
	const branch = await currentBranch(git);
	const fetched = await runWith(git, remote, (name) => ['fetch', '--quiet', '--no-tags', '--', name, `+${branch}:${THEIRS}`]).then(
		() => true,
		(error: unknown) => {
			// A remote that nobody has pushed to yet.
			if (error instanceof FlowferryError && /couldn't find remote ref/.test(wordsOf(error))) return false;
			throw remoteFault(error, remote);
		},
	);
	if (!fetched) return null;
	const theirs = await resolve(git, THEIRS);
	const ours = await resolve(git, 'HEAD');
	if (theirs === null || theirs === ours) return null;
	if (ours === null) return theirs;
	const base = (await git.run(['merge-base', ours, theirs]).catch(() => '')).trim();
	if (base === theirs) return null;
	// What is tagged here is never pruned, by nobody.
	const kept = new Set((await readTags(git)).values());
	if (base === ours && kept.size === 0) return theirs;
	return await mergeCommits(git, { base, ours, theirs }, kept, remote);
}

/** @throws FlowferryError TAG_CONFLICT */
export async function fetchTags(git: GitRepository, remote: string): Promise<void> {
	// Quiet, it would not say why it refuses a tag.
	await runWith(git, remote, (name) => ['fetch', '--no-tags', '--', name, `${TAGS}/*:${TAGS}/*`]).catch((error: unknown) => {
		if (!(error instanceof FlowferryError) || !/would clobber existing tag/.test(wordsOf(error))) throw remoteFault(error, remote);
		throw tagConflict(error, remote);
	});
}

async function mergeCommits(
	git: GitRepository,
	{ base, ours, theirs }: { base: string; ours: string; theirs: string },
	kept: ReadonlySet<string>,
	remote: string,
): Promise<string> {
	const list = async (commit: string): Promise<Units> =>
		unitsOf(commit === '' ? '' : await git.run(['ls-tree', '-r', '-z', '--full-tree', commit]));
	const sides = { base: await list(base), ours: await list(ours), theirs: await list(theirs) };
	if (base === ours && ![...kept].some((id) => sides.ours.has(id) && !sides.theirs.has(id))) return theirs;
	const merge = mergeUnits(sides.base, sides.ours, sides.theirs, kept);
	const taken = [...merge.takeTheirs, ...(await settle(git, merge, ours, theirs, sides))];
	const tree = await git.writeTree(async (run) => {
		await run(['read-tree', ours]);
		const gone = taken.flatMap((unit) => (sides.ours.get(unit) ?? []).map(pathOf));
		for (const some of batches(gone)) await run(['update-index', '--force-remove', '--', ...some]);
		const come = taken.flatMap((unit) => sides.theirs.get(unit) ?? []);
		for (const some of batches(come)) await run(['update-index', '--add', ...some.flatMap(cacheInfo)]);
	});
	return await git.commitTree(tree, [ours, theirs], `Snapshots of ${addressWithoutCredentials(remote)}`);
}

/** Of what both changed: a snapshot is the one that was taken first, the review that of the later commit, any other file the remote's. */
async function settle(
	git: GitRepository,
	{ contested }: Merge,
	ours: string,
	theirs: string,
	sides: { ours: Units; theirs: Units },
): Promise<string[]> {
	const taken: string[] = [];
	for (const unit of contested) {
		const [mine, other] = [sides.ours.get(unit)!, sides.theirs.get(unit)!];
		const [a, b] =
			unit === REVIEW
				? [await rankOfCommit(git, theirs), await rankOfCommit(git, ours)]
				: /^[0-9a-f]{64}$/.test(unit)
					? [await rankOfSnapshot(git, ours, mine), await rankOfSnapshot(git, theirs, other)]
					: ['b', 'a'];
		if (b < a) taken.push(unit);
	}
	return taken;
}

/** The earlier of two sorts first, on whichever side they stand; one without a time last. */
async function rankOfSnapshot(git: GitRepository, commit: string, lines: readonly string[]): Promise<string> {
	const file = lines.map(pathOf).find((path) => path.endsWith('/snapshot.json'));
	const text = file === undefined ? '' : await git.run(['show', `${commit}:${file}`]);
	return `${/"time": "([^"]*)"/.exec(text)?.[1] ?? '~'} ${lines.join()}`;
}

async function rankOfCommit(git: GitRepository, commit: string): Promise<string> {
	return `${(await git.run(['show', '--no-patch', '--format=%ct', commit])).trim().padStart(12, '0')} ${commit}`;
}

function cacheInfo(line: string): string[] {
	const [mode, , hash] = line.slice(0, line.indexOf('\t')).split(' ');
	return ['--cacheinfo', `${mode},${hash},${pathOf(line)}`];
}

function batches<T>(items: readonly T[]): T[][] {
	return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) => items.slice(index * BATCH, (index + 1) * BATCH));
}

async function resolve(git: GitRepository, ref: string): Promise<string | null> {
	const hash = await git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(() => '');
	return hash.trim() === '' ? null : hash.trim();
}

/** `refs/heads/main`. */
async function currentBranch(git: GitRepository): Promise<string> {
	return (await git.run(['symbolic-ref', 'HEAD'])).trim();
}

/** What an address is called while it is used: it may hold a token, which the list of processes is not to show. */
const ADDRESSED = 'flowferry-store';

async function runWith(git: GitRepository, remote: string, args: (name: string) => string[]): Promise<string> {
	return isAddress(remote) ? await git.run(args(ADDRESSED), asConfig(`remote.${ADDRESSED}.url`, remote)) : await git.run(args(remote));
}

function isAddress(remote: string): boolean {
	return /[/:\\]/.test(remote);
}

/** An address stands for itself; a name must be known to the repository. */
async function requireRemote(git: GitRepository, remote: string): Promise<void> {
	if (isAddress(remote)) return;
	const known = (await git.run(['remote'])).split('\n').filter((name) => name !== '');
	if (known.includes(remote)) return;
	throw new FlowferryError({
		code: 'STORE_NO_REMOTE',
		message: `The repository of the snapshots has no remote ${remote}${known.length > 0 ? `; it has ${known.join(', ')}` : ''}`,
		hint: 'Say where to in the configuration: `store: { …, remote: git@host:team/snapshots.git }`.',
	});
}

const REMOTE_FAULTS: { said: RegExp; code: string; problem: string; hint: string }[] = [
	{
		said: /Authentication failed|could not read (?:Username|Password)|Permission denied \(|terminal prompts disabled|error: 40[13]|Host key verification failed|Invalid username or/i,
		code: 'STORE_REMOTE_REFUSED',
		problem: 'does not let you in',
		hint: 'Nobody is asked for a password here: load your key into ssh-agent, or set up a git credential helper, and see that `git fetch` works by itself.',
	},
	{
		said: /\[remote rejected\]|hook declined|protected branch|not permitted|insufficient permission|unable to create|denied/i,
		code: 'STORE_REMOTE_REFUSED',
		problem: 'takes nothing from you',
		hint: 'Your account may read, but not write this branch: ask for the right, or name another `store.remote` or `store.branch`.',
	},
	{
		said: /\[rejected\]|fetch first|non-fast-forward|stale info/i,
		code: 'STORE_PUSH_REJECTED',
		problem: 'has snapshots or tags that are not here',
		hint: 'Take them in first: `flowferry snapshot pull`; then push again. Both sides stay.',
	},
	{
		said: /does not appear to be a git repository|not found|does not exist|No such file/i,
		code: 'STORE_REMOTE_UNREACHABLE',
		problem: 'is no git repository',
		hint: 'Check `store.remote` in the configuration; the repository there must have been made (`git init --bare`).',
	},
	{
		said: /./s,
		code: 'STORE_REMOTE_UNREACHABLE',
		problem: 'cannot be reached',
		hint: 'Check the network and `store.remote`; everything is stored here, and can be pushed later.',
	},
];

/** As `git push --porcelain` says it. */
const TAG_REFUSED = /^!\trefs\/tags\/\S+\t\[rejected\]/;

function tagConflict(error: FlowferryError, remote: string): FlowferryError {
	return new FlowferryError({
		code: 'TAG_CONFLICT',
		message: `A tag names one snapshot here and another one at ${addressWithoutCredentials(remote)}: ${shownFault(error, remote)}`,
		hint: 'Delete yours (`flowferry snapshot tag --delete NAME`), and pull again; all else was exchanged.',
		cause: error,
	});
}

function shownFault(error: FlowferryError, remote: string): string {
	return error.message.replaceAll(remote, addressWithoutCredentials(remote));
}

function remoteFault(error: unknown, remote: string): unknown {
	if (!(error instanceof FlowferryError) || error.code === 'GIT_MISSING' || error.code === 'GIT_LOCKED') return error;
	const words = wordsOf(error).replaceAll(remote, '');
	const { code, problem, hint } = REMOTE_FAULTS.find(({ said }) => said.test(words))!;
	return new FlowferryError({
		code,
		message: `The remote ${addressWithoutCredentials(remote)} of the snapshots ${problem}: ${shownFault(error, remote)}`,
		hint,
		cause: error,
	});
}
