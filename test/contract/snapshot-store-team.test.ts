import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FlowferryError } from '../../src/lib/errors/flowferry-error.ts';
import { openGitStore } from '../../src/lib/snapshot/git-store.ts';
import { folderFor } from '../../src/lib/snapshot/snapshot-files.ts';
import { ownRepository, type StoreHome, teamBranch, teamFolder } from '../../src/lib/snapshot/store-home.ts';
import { sampleSnapshot } from '../support/snapshots.ts';

const run = promisify(execFile);

let folder: string;
let team: string;
let env: Record<string, string | undefined>;

const gitIn = async (at: string, ...args: string[]) => (await run('git', ['-C', at, ...args], { env })).stdout;
const git = (...args: string[]) => gitIn(team, ...args);

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry team '));
	team = join(folder, 'team');
	env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
	await writeFile(join(folder, '.gitconfig'), '[user]\n\tname = Bo\n\temail = bo@example.org\n');
	await run('git', ['init', '--quiet', '--initial-branch=main', team], { env });
	await writeFile(join(team, 'a.txt'), 'a\n');
	await writeFile(join(team, 'b.txt'), 'b\n');
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'ours');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the user has staged, changed and not yet added. */
async function makeDirty(): Promise<void> {
	await writeFile(join(team, 'a.txt'), 'staged\n');
	await git('add', 'a.txt');
	await writeFile(join(team, 'a.txt'), 'changed since\n');
	await writeFile(join(team, 'b.txt'), 'changed\n');
	await writeFile(join(team, 'new.txt'), 'not added\n');
}

/** HEAD, index and files; the index without what the store is about. */
async function lookAt(): Promise<unknown> {
	return {
		head: await readFile(join(team, '.git', 'HEAD'), 'utf8'),
		index: await git('ls-files', '--stage', '--', ':!snapshots-of-flows'),
		status: (await git('status', '--porcelain')).split('\n').filter((line) => !line.includes('snapshots-of-flows')),
		files: await Promise.all(['a.txt', 'b.txt', 'new.txt'].map((file) => readFile(join(team, file), 'utf8').catch(() => null))),
	};
}

describe("a store in a folder of the team's repository", () => {
	let home: StoreHome;
	beforeEach(() => {
		home = teamFolder(join(team, 'snapshots-of-flows'), env);
	});

	it('commits its folder alone, whatever the user has staged, changed or not added', async () => {
		await makeDirty();
		const before = await lookAt();
		const store = openGitStore(home);
		await store.put(sampleSnapshot('a'));
		await store.put(sampleSnapshot('b'));
		await store.remove([sampleSnapshot('a').id], 'Prune');
		expect(await lookAt()).toEqual(before);
		expect(await git('log', '--format=%an|%cn|%s')).toBe('Bo|Bo|Prune\nAda|Bo|first light\nAda|Bo|first light\nBo|Bo|ours\n');
		expect((await git('diff', '--name-only', 'HEAD~3', 'HEAD')).split('\n').filter((path) => path !== '')).toEqual(
			expect.arrayContaining([expect.stringMatching(/^snapshots-of-flows\/snapshots\//)]),
		);
		expect(await git('diff', '--name-only', 'HEAD~3', 'HEAD', '--', ':!snapshots-of-flows')).toBe('');
		expect(await git('status', '--porcelain', '--', 'snapshots-of-flows')).toBe('');
	});

	it('refuses while a merge is not finished, and touches nothing', async () => {
		await git('checkout', '--quiet', '-b', 'other');
		await writeFile(join(team, 'a.txt'), 'other\n');
		await git('commit', '--quiet', '-am', 'other');
		await git('checkout', '--quiet', 'main');
		await writeFile(join(team, 'a.txt'), 'main\n');
		await git('commit', '--quiet', '-am', 'main');
		await expect(git('merge', 'other')).rejects.toThrow();
		const before = [await lookAt(), await git('ls-files', '--stage')];
		await expect(openGitStore(home).put(sampleSnapshot())).rejects.toMatchObject({
			code: 'GIT_BUSY',
			message: expect.stringContaining('merge'),
			hint: expect.stringContaining('git merge --abort'),
		});
		expect([await lookAt(), await git('ls-files', '--stage')]).toEqual(before);
		expect(await openGitStore(home).list()).toEqual([]);
		await git('merge', '--abort');
		expect(await openGitStore(home).put(sampleSnapshot())).toEqual({ created: true });
	});

	it("refuses where there is a review folder of the team's, and touches nothing", async () => {
		const reviews = join(team, 'snapshots-of-flows', 'review');
		await mkdir(reviews, { recursive: true });
		await writeFile(join(reviews, 'minutes.txt'), 'committed\n');
		await git('add', '.');
		await git('commit', '--quiet', '-m', 'review');
		await writeFile(join(reviews, 'ABOUT.txt'), 'our reviews\n');
		const before = [await git('status', '--porcelain', '--untracked-files=all'), await git('ls-files', '--stage')];
		await expect(openGitStore(home).put(sampleSnapshot())).rejects.toMatchObject({
			code: 'STORE_FOREIGN_REVIEW',
			message: expect.stringContaining(reviews),
			hint: expect.stringContaining('another name'),
		});
		expect([await git('status', '--porcelain', '--untracked-files=all'), await git('ls-files', '--stage')]).toEqual(before);
		expect((await readdir(reviews)).sort()).toEqual(['ABOUT.txt', 'minutes.txt']);
		await git('mv', 'snapshots-of-flows/review', 'reviews');
		await git('commit', '--quiet', '-m', 'moved');
		await mkdir(reviews, { recursive: true });
		await openGitStore(home).put(sampleSnapshot('a'));
		await openGitStore(home).put(sampleSnapshot('b'));
		expect(await readFile(join(reviews, 'ABOUT.txt'), 'utf8')).toContain(sampleSnapshot('b').id);
	});

	it('refuses where no branch is checked out, and where there is no repository', async () => {
		await git('checkout', '--quiet', '--detach');
		await expect(openGitStore(home).put(sampleSnapshot())).rejects.toMatchObject({ code: 'GIT_DETACHED' });
		await expect(openGitStore(teamFolder(join(folder, 'elsewhere'), env)).put(sampleSnapshot())).rejects.toMatchObject({
			code: 'STORE_NO_REPOSITORY',
			hint: expect.stringContaining('git init'),
		});
	});

	it('leaves the index as it was where a commit fails', async () => {
		await openGitStore(home).put(sampleSnapshot('a'));
		// Committed by the next put, which finds it changed.
		const stored = join(team, 'snapshots-of-flows', folderFor(sampleSnapshot('a').id));
		await writeFile(join(stored, 'stray.txt'), 'stray\n');
		const before = await git('ls-files', '--stage');
		await run('git', ['config', '--global', 'commit.gpgsign', 'true'], { env });
		await run('git', ['config', '--global', 'gpg.program', 'false'], { env });
		for (const topic of ['a', 'b']) await expect(openGitStore(home).put(sampleSnapshot(topic))).rejects.toThrow(/sign/);
		expect(await git('ls-files', '--stage')).toBe(before);
		expect(await git('status', '--porcelain', '--untracked-files=all')).toMatch(/^\?\? \S+stray\.txt\n$/);
	});

	it("leaves pushing and pulling to those whose branch it is, and runs none of the team's hooks", async () => {
		const hook = join(team, '.git', 'hooks', 'pre-commit');
		await mkdir(join(team, '.git', 'hooks'), { recursive: true });
		await writeFile(hook, '#!/bin/sh\nexit 1\n');
		await chmod(hook, 0o755);
		const store = openGitStore(home);
		expect(await store.put(sampleSnapshot())).toEqual({ created: true });
		await expect(store.push()).rejects.toMatchObject({ code: 'STORE_NOT_ITS_OWN', hint: expect.stringContaining('git push') });
		await expect(store.pull()).rejects.toMatchObject({ code: 'STORE_NOT_ITS_OWN', hint: expect.stringContaining('git pull') });
	});
});

describe("a repository that is the team's, named as if it were the store's own", () => {
	const files = async () => [await git('ls-files', '--stage'), await git('status', '--porcelain'), await git('log', '--format=%H')];

	it('is refused before anything is written', async () => {
		await makeDirty();
		const before = [await lookAt(), await files()];
		const store = openGitStore(ownRepository(team, env), { remote: team, push: 'manual' });
		for (const write of [() => store.put(sampleSnapshot()), () => store.remove([sampleSnapshot().id], 'Prune'), () => store.pull()]) {
			await expect(write()).rejects.toMatchObject({
				code: 'STORE_FOREIGN_FILES',
				message: expect.stringContaining('a.txt, b.txt'),
				hint: expect.stringMatching(/`store: \{ folder: .*`store: \{ branch: /),
			});
		}
		expect([await lookAt(), await files()]).toEqual(before);
	});

	it('is refused as a branch, and as the remote', async () => {
		await git('branch', 'develop');
		await expect(openGitStore(teamBranch(team, 'develop', 'origin', env)).put(sampleSnapshot())).rejects.toMatchObject({
			code: 'STORE_FOREIGN_FILES',
		});
		const own = openGitStore(ownRepository(join(folder, 'own'), env), { remote: team, push: 'manual' });
		await own.put(sampleSnapshot());
		await expect(own.pull()).rejects.toMatchObject({ code: 'STORE_FOREIGN_FILES', hint: expect.stringContaining('store.remote') });
		expect((await readdir(join(folder, 'own'))).sort()).toEqual(['.git', 'review', 'snapshots']);
	});

	it('keeps changes to a file that it may have, staged or not, and one that git does not know where such a one would come', async () => {
		const at = join(folder, 'own');
		const store = openGitStore(ownRepository(at, env));
		await store.put(sampleSnapshot('a'));
		await writeFile(join(at, 'README.md'), 'committed\n');
		await gitIn(at, 'add', 'README.md');
		await gitIn(at, 'commit', '--quiet', '-m', 'read');
		const clone = openGitStore(ownRepository(join(folder, 'other'), env), { remote: at, push: 'manual' });
		await clone.put(sampleSnapshot('b'));
		await writeFile(join(folder, 'other', 'README.md'), 'mine\n');
		await expect(clone.pull()).rejects.toMatchObject({ code: 'STORE_FOREIGN_CHANGES', message: expect.stringContaining('README.md') });
		expect(await readFile(join(folder, 'other', 'README.md'), 'utf8')).toBe('mine\n');

		await writeFile(join(at, 'README.md'), 'staged\n');
		await gitIn(at, 'add', 'README.md');
		await writeFile(join(at, 'README.md'), 'changed since\n');
		await writeFile(join(at, 'notes.txt'), 'not added\n');
		await expect(store.remove([sampleSnapshot('a').id], 'Prune')).rejects.toMatchObject({
			code: 'STORE_FOREIGN_CHANGES',
			message: expect.stringMatching(/lost: README\.md$/),
			hint: expect.stringContaining('Commit them'),
		});
		expect(await gitIn(at, 'diff', '--cached', '--', 'README.md')).toContain('+staged');
		expect(await readFile(join(at, 'README.md'), 'utf8')).toBe('changed since\n');
		await gitIn(at, 'commit', '--quiet', '-am', 'read');
		await store.remove([sampleSnapshot('a').id], 'Prune');
		expect(await store.count()).toBe(0);
		expect(await readFile(join(at, 'notes.txt'), 'utf8')).toBe('not added\n');
	});
});

describe("a store on a branch of the team's repository", () => {
	let home: StoreHome;
	beforeEach(() => {
		home = teamBranch(team, 'flowferry/snapshots', 'origin', env);
	});

	it('leaves HEAD, index and work tree as they are, also in the middle of a merge', async () => {
		await makeDirty();
		await writeFile(join(team, '.git', 'MERGE_HEAD'), await git('rev-parse', 'HEAD'));
		const before = [await lookAt(), await readFile(join(team, '.git', 'index')), (await readdir(team)).sort()];
		const store = openGitStore(home);
		expect(await store.list()).toEqual([]);
		expect(await git('branch', '--list', 'flowferry/*')).toBe('');
		await store.put(sampleSnapshot('a'));
		await store.put(sampleSnapshot('b'));
		await store.tag(sampleSnapshot('a').id, 'v1', '');
		await store.remove([sampleSnapshot('b').id], 'Prune');
		expect(await store.verify()).toEqual({ checked: 1, damaged: [], repository: [] });
		expect(await store.get('v1')).toEqual(sampleSnapshot('a'));
		// `git status` may refresh the index's times; nothing of ours is run before it is read.
		expect([await lookAt(), await readFile(join(team, '.git', 'index')), (await readdir(team)).sort()]).toEqual(before);
		expect(await git('log', '--format=%s', 'flowferry/snapshots')).toBe('Prune\nfirst light\nfirst light\nBegin\n');
		expect(await git('ls-tree', '-r', '--name-only', 'flowferry/snapshots')).toContain(folderFor(sampleSnapshot('a').id));
	});

	it('is found by others who cloned the repository', async () => {
		await openGitStore(home).put(sampleSnapshot());
		const clone = join(folder, 'clone');
		await run('git', ['clone', '--quiet', team, clone], { env });
		const theirs = openGitStore(teamBranch(clone, 'flowferry/snapshots', 'origin', env));
		expect(await theirs.get(sampleSnapshot().id)).toEqual(sampleSnapshot());
	});

	it.each(['put', 'commit'])('says what git says where it fails at a %s', async (at) => {
		const failed = () => Promise.reject(new FlowferryError({ code: 'GIT_FAILED', message: 'git failed: it would not' }));
		const failing: StoreHome = {
			...home,
			...(at === 'put' ? { prepare: failed } : { open: (folder) => ({ ...home.open(folder), commit: failed }) }),
		};
		await expect(openGitStore(failing).put(sampleSnapshot())).rejects.toMatchObject({
			code: 'GIT_FAILED',
			message: 'git failed: it would not',
		});
	});

	it('is whole again where a process was killed while it was checked out', async () => {
		await openGitStore(home).put(sampleSnapshot());
		const at = await home.find();
		await rm(at, { recursive: true });
		await git('worktree', 'add', '--quiet', '--force', '--no-checkout', at, 'flowferry/snapshots');
		const again = openGitStore(teamBranch(team, 'flowferry/snapshots', 'origin', env));
		expect(await again.get(sampleSnapshot().id)).toEqual(sampleSnapshot());
	});

	it.each([
		['renamed', 'renamed', []],
		['renamed, and git had forgotten the folder', 'renamed', ['worktree', 'prune', '--expire=now']],
		['copied', 'copied', []],
	])('goes on where the repository was %s', async (_, how, then) => {
		await openGitStore(home).put(sampleSnapshot('a'));
		const elsewhere = join(folder, 'elsewhere');
		if (how === 'renamed') await rename(team, elsewhere);
		else await cp(team, elsewhere, { recursive: true });
		if (then.length > 0) await gitIn(elsewhere, ...then);
		const open = () => openGitStore(teamBranch(elsewhere, 'flowferry/snapshots', 'origin', env));
		expect(await open().get(sampleSnapshot('a').id)).toEqual(sampleSnapshot('a'));
		await open().put(sampleSnapshot('b'));
		await open().tag(sampleSnapshot('b').id, 'v1', '');
		await open().remove([sampleSnapshot('a').id], 'Prune');
		expect(await open().verify()).toEqual({ checked: 1, damaged: [], repository: [] });
		expect(await gitIn(elsewhere, 'log', '--format=%s', 'flowferry/snapshots')).toBe('Prune\nfirst light\nfirst light\nBegin\n');
		expect((await gitIn(elsewhere, 'worktree', 'list')).trim().split('\n')).toHaveLength(2);
		if (how !== 'copied') return;
		expect(await git('log', '--format=%s', 'flowferry/snapshots')).toBe('first light\nBegin\n');
		expect(await openGitStore(teamBranch(team, 'flowferry/snapshots', 'origin', env)).count()).toBe(1);
		expect(await git('worktree', 'list')).toContain(join(team, '.git', 'flowferry'));
	});

	it('says that somebody has checked it out', async () => {
		await git('checkout', '--quiet', '-b', 'flowferry/snapshots');
		await expect(openGitStore(home).put(sampleSnapshot())).rejects.toMatchObject({ code: 'STORE_BRANCH_IN_USE' });
	});
});

describe('signing', () => {
	let key: string;
	const signers = () => join(folder, 'allowed signers');

	beforeEach(async () => {
		key = join(folder, 'key');
		await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bo', '-f', key]);
		await writeFile(signers(), `bo@example.org ${await readFile(`${key}.pub`, 'utf8')}`);
		await run('git', ['config', '--global', 'gpg.format', 'ssh'], { env });
		await run('git', ['config', '--global', 'user.signingkey', `${key}.pub`], { env });
		await run('git', ['config', '--global', 'gpg.ssh.allowedSignersFile', signers()], { env });
		await run('git', ['config', '--global', 'commit.gpgsign', 'true'], { env });
		await run('git', ['config', '--global', 'tag.gpgSign', 'true'], { env });
	});

	it.each<[string, () => StoreHome]>([
		['a repository of its own', () => ownRepository(join(folder, 'own'), env)],
		['a folder', () => teamFolder(join(team, 'snapshots-of-flows'), env)],
		['a branch', () => teamBranch(team, 'flowferry/snapshots', 'origin', env)],
	])('is done where git is set to sign, in %s', async (_, createHome) => {
		const home = createHome();
		const store = openGitStore(home);
		await store.put(sampleSnapshot('a'));
		await store.put(sampleSnapshot('b'));
		await store.tag(sampleSnapshot('a').id, 'v1', '');
		await store.remove([sampleSnapshot('b').id], 'Prune');
		const at = await home.find();
		for (const commit of ['HEAD', 'HEAD^', 'HEAD^^']) await gitIn(at, 'verify-commit', commit);
		await gitIn(at, 'verify-tag', 'snapshot/v1');
		expect(await store.tags()).toEqual(new Map([['v1', sampleSnapshot('a').id]]));
		expect(await gitIn(at, 'log', '-1', '--format=%G? %GS', 'HEAD^')).toBe('G bo@example.org\n');
	});

	it('that fails leaves nothing half-stored, and says what to do', async () => {
		const home = ownRepository(join(folder, 'own'), env);
		const store = openGitStore(home);
		await store.put(sampleSnapshot('a'));
		await rm(key);
		for (const write of [
			() => store.put(sampleSnapshot('b')),
			() => store.remove([sampleSnapshot('a').id], 'Prune'),
			() => store.tag(sampleSnapshot('a').id, 'v1', ''),
		]) {
			await expect(write()).rejects.toMatchObject({ code: 'GIT_SIGNING_FAILED', hint: expect.stringContaining('user.signingkey') });
		}
		expect((await store.list()).map(({ id }) => id)).toEqual([sampleSnapshot('a').id]);
		expect(await store.tags()).toEqual(new Map());
		expect(await gitIn(join(folder, 'own'), 'status', '--porcelain')).toBe('');
	});
});
