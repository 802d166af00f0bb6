import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { openGitRepository } from '../../src/lib/adapters/git.ts';
import { readGitIdentity } from '../../src/lib/adapters/git-reader.ts';
import { FlowferryError } from '../../src/lib/errors/flowferry-error.ts';
import { openGitStore } from '../../src/lib/snapshot/git-store.ts';
import { contentId } from '../../src/lib/snapshot/identity.ts';
import type { Snapshot } from '../../src/lib/snapshot/snapshot.ts';
import { folderFor, writeSnapshotFolder } from '../../src/lib/snapshot/snapshot-files.ts';
import type { SnapshotStore } from '../../src/lib/snapshot/store.ts';
import type { StoreHome } from '../../src/lib/snapshot/store-home.ts';
import { ownRepository, teamBranch, teamFolder } from '../../src/lib/snapshot/store-home.ts';
import { sampleSnapshot } from '../support/snapshots.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

const run = promisify(execFile);
/** No git configuration at all: neither a user's nor the machine's. */
const env = { PATH: process.env.PATH, HOME: '/nonexistent' };

let folder: string;
let directory: string;
let store: SnapshotStore;

const git = async (...args: string[]) =>
	(await run('git', ['-C', directory, ...args], { env: { ...env, GIT_CONFIG_NOSYSTEM: '1' } })).stdout.trim();
const openStore = (at: string) => openGitStore(ownRepository(at, env));

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry store '));
	directory = join(folder, 'my snapshots');
	store = openStore(directory);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Root may read everything. */
const asNobody = async <R>(work: () => Promise<R>): Promise<R> => {
	const user = process.geteuid?.();
	if (user === 0) process.seteuid?.(65_534);
	try {
		return await work();
	} finally {
		if (user === 0) process.seteuid?.(0);
	}
};

/** A team's repository, with one commit. */
const team = async () => {
	const at = join(folder, 'our team');
	await run('git', ['init', '--quiet', '--initial-branch=main', at]);
	await run('git', ['-C', at, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--allow-empty', '-mfirst']);
	return at;
};

const forms: [string, () => Promise<StoreHome>, number][] = [
	['a repository of its own', async () => ownRepository(directory, env), 0],
	["a folder of the team's repository", async () => teamFolder(join(await team(), 'the snapshots'), env), 1],
	["a branch of the team's repository", async () => teamBranch(await team(), 'flowferry/snapshots', 'origin', env), 1],
];

describe.each(forms)('a snapshot store in %s', (_, createHome, commitsBefore) => {
	let home: StoreHome;
	const commits = async () => {
		const { stdout } = await run('git', ['-C', await home.find(), 'rev-list', '--count', 'HEAD'], { env });
		return Number(stdout) - commitsBefore;
	};

	beforeEach(async () => {
		home = await createHome();
		store = openGitStore(home);
	});

	it('is empty before anything is stored, and says so', async () => {
		expect(await store.list()).toEqual([]);
		await expect(store.get('abcdef0')).rejects.toMatchObject({
			code: 'SNAPSHOT_UNKNOWN',
			message: expect.stringContaining('the store is empty'),
		});
	});

	it('gives back what was put in, by the id and by its beginning', async () => {
		const snapshot = sampleSnapshot();
		expect(await store.put(snapshot)).toEqual({ created: true });
		expect(await store.get(snapshot.id)).toEqual(snapshot);
		expect(await openGitStore(home).get(snapshot.id.slice(0, 7).toUpperCase())).toEqual(snapshot);
	});

	it('keeps the first of two with the same content', async () => {
		const first = sampleSnapshot('', { message: 'first' });
		await store.put(first);
		expect(await store.put({ ...first, message: 'second', author: 'Eve <e@example.org>' })).toEqual({ created: false });
		expect((await store.get(first.id)).message).toBe('first');
		expect(await commits()).toBe(1);
	});

	it('says that a snapshot may not be read, which is no damage', async () => {
		await store.put(sampleSnapshot());
		await chmod(folder, 0o755);
		await chmod(join(await home.find(), folderFor(sampleSnapshot().id), 'flows.json'), 0);
		const read = await asNobody(() => store.get(sampleSnapshot().id).catch((error) => error));
		expect(read).toMatchObject({ code: 'STORE_UNREADABLE', message: expect.stringContaining('flows.json cannot be read (EACCES)') });
	});

	it('lets others read what the umask lets them read', async () => {
		const before = process.umask(0o027);
		try {
			await store.put(sampleSnapshot());
		} finally {
			process.umask(before);
		}
		const at = join(await home.find(), folderFor(sampleSnapshot().id));
		expect((await stat(at)).mode & 0o777).toBe(0o750);
		expect((await stat(join(await home.find(), 'review'))).mode & 0o777).toBe(0o750);
		expect((await readdir(join(at, '..', '..'))).filter((name) => name.startsWith('.'))).toEqual([]);
	});

	it('lists the newest first', async () => {
		const times = ['2026-01-02T00:00:00.000Z', '2026-01-04T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];
		for (const time of times) await store.put(sampleSnapshot(time, { time }));
		expect((await store.list()).map((entry) => entry.state === 'intact' && entry.snapshot.time)).toEqual([...times].sort().reverse());
	});

	it('lists candidates for an id that it does not know', async () => {
		const snapshot = sampleSnapshot();
		await store.put(snapshot);
		const other = snapshot.id.startsWith('0') ? 'fffffff' : '0000000';
		await expect(store.get(other)).rejects.toMatchObject({
			code: 'SNAPSHOT_UNKNOWN',
			message: expect.stringContaining(snapshot.id.slice(0, 12)),
		});
		for (const wrong of ['abc', 'nothex!', '', '../../etc']) {
			await expect(store.get(wrong)).rejects.toMatchObject({ code: 'SNAPSHOT_ID_INVALID' });
		}
	});

	it('takes many at once, from several processes as it were', async () => {
		const snapshots = ['a', 'b', 'c', 'd', 'a'].map((topic) => sampleSnapshot(topic));
		await store.put(sampleSnapshot('warm up'));
		await Promise.all(snapshots.map((snapshot) => openGitStore(home).put(snapshot)));
		expect(await store.list()).toHaveLength(5);
		expect(await commits()).toBe(5);
		expect((await run('git', ['-C', await home.find(), 'status', '--porcelain'], { env })).stdout).toBe('');
	});

	it('keeps sealed credentials and what the source ran on, and notices where they were changed', async () => {
		const content = { ...sampleSnapshot().content, credentials: { n1: { names: ['password'], mark: 'ab' } } };
		const snapshot: Snapshot = {
			...sampleSnapshot(),
			id: contentId(content),
			content,
			sealed: 'age\nsealed\n',
			runtime: { node: '24.1.0', settings: null },
		};
		await store.put(snapshot);
		expect(await store.get(snapshot.id)).toEqual(snapshot);
		const file = join(await home.find(), folderFor(snapshot.id), 'credentials.age');
		await writeFile(file, 'age\r\nsealed\r\n');
		expect(await store.get(snapshot.id)).toEqual(snapshot);
		await writeFile(file, 'age\nsea1ed\n');
		await expect(store.get(snapshot.id)).rejects.toMatchObject({
			code: 'STORE_CORRUPT',
			message: expect.stringContaining('credentials.age'),
		});
	});

	it('lists so many at most, and says how many there are', async () => {
		const times = ['2026-01-02T00:00:00.000Z', '2026-01-04T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];
		for (const time of times) await store.put(sampleSnapshot(time, { time }));
		expect((await store.list(2)).map((entry) => entry.state === 'intact' && entry.snapshot.time)).toEqual([times[1], times[2]]);
		expect((await store.index()).map(({ time }) => time)).toEqual([times[1], times[2], times[0]]);
		expect(await store.count()).toBe(3);
	});

	it('finds a snapshot by its tag, which is a git tag at the commit that brought it', async () => {
		const [first, second] = [sampleSnapshot('a'), sampleSnapshot('b')];
		await store.put(first);
		await store.put(second);
		await store.tag(first.id, 'v1.0', 'As sold');
		expect(await store.get('v1.0')).toEqual(first);
		expect(await store.tags()).toEqual(new Map([['v1.0', first.id]]));
		const { stdout } = await run('git', ['-C', await home.find(), 'show', '--format=%s', '--name-only', 'snapshot/v1.0'], { env });
		expect(stdout).toContain(folderFor(first.id));
		await expect(store.tag(second.id, 'v1.0', '')).rejects.toMatchObject({
			code: 'TAG_EXISTS',
			message: expect.stringContaining(first.id.slice(0, 12)),
		});
		for (const name of ['abcdef0', '-d', 'a..b', 'a b', '', 'x.lock']) {
			await expect(store.tag(first.id, name, '')).rejects.toMatchObject({ code: 'TAG_NAME_INVALID' });
		}
		await store.untag('v1.0');
		await expect(store.get('v1.0')).rejects.toMatchObject({ code: 'SNAPSHOT_ID_INVALID' });
		await expect(store.untag('v1.0')).rejects.toMatchObject({ code: 'TAG_UNKNOWN' });
	});

	it('takes snapshots out in one commit, and its history still has them', async () => {
		const [first, second, third] = ['a', 'b', 'c'].map((topic) => sampleSnapshot(topic)) as [Snapshot, Snapshot, Snapshot];
		for (const snapshot of [first, second, third]) await store.put(snapshot);
		await store.remove([first.id, third.id, '0'.repeat(64)], 'Prune 2 snapshots');
		expect((await store.list()).map(({ id }) => id)).toEqual([second.id]);
		expect(await commits()).toBe(4);
		const at = await home.find();
		expect((await run('git', ['-C', at, 'status', '--porcelain'], { env })).stdout).toBe('');
		await run('git', ['-C', at, 'checkout', 'HEAD^', '--', folderFor(first.id)], { env });
		expect(await store.get(first.id)).toEqual(first);
	});

	it('verifies all of it, and names every file that is damaged', async () => {
		const [first, second, third] = ['a', 'b', 'c'].map((topic) => sampleSnapshot(topic)) as [Snapshot, Snapshot, Snapshot];
		for (const snapshot of [first, second, third]) await store.put(snapshot);
		const seen: string[] = [];
		expect(await store.verify((done, total) => seen.push(`${done}/${total}`))).toEqual({ checked: 3, damaged: [], repository: [] });
		expect(seen).toEqual(['1/3', '2/3', '3/3']);
		const at = await home.find();
		const file = (id: string, name: string) => join(at, folderFor(id), name);
		await writeFile(file(first.id, 'flows.json'), '[]');
		await writeFile(file(first.id, 'snapshot.json'), '{');
		await rm(join(at, folderFor(second.id)), { recursive: true });
		const { checked, damaged } = await store.verify();
		expect(checked).toBe(2);
		expect(new Map(damaged.map(({ id, files }) => [id, files]))).toEqual(
			new Map([first, second].map(({ id }) => [id, [`${folderFor(id)}/flows.json`, `${folderFor(id)}/snapshot.json`]])),
		);
		for (const { hint } of damaged) await run('sh', ['-c', hint.slice(hint.indexOf('git -C'))], { env });
		expect(await store.verify()).toEqual({ checked: 3, damaged: [], repository: [] });
	});

	it('shows the latest flows split for review, so that a diff between two commits reads well', async () => {
		await store.put(sampleSnapshot('a'));
		await store.put(sampleSnapshot('b'));
		const at = await home.find();
		expect((await readdir(join(at, 'review'))).sort()).toEqual(['ABOUT.txt', 'Flow 1.json']);
		const { stdout } = await run('git', ['-C', at, 'diff', '--unified=0', 'HEAD^', 'HEAD', '--', 'review/Flow 1.json'], { env });
		expect(stdout.split('\n').filter((line) => /^[-+] /.test(line))).toEqual(['-    "topic": "a",', '+    "topic": "b",']);
	});
});

describe('a snapshot store in git', () => {
	it('makes one commit for each snapshot, in the name of its author, without a git configuration', async () => {
		await store.put(sampleSnapshot('a', { message: '--upload-pack=x "quoted"\n\n# kept' }));
		await store.put(sampleSnapshot('b', { author: 'root', message: '' }));
		expect((await git('log', '--format=%an <%ae>|%s')).split('\n')).toEqual([
			`root <unknown@localhost>|Snapshot ${sampleSnapshot('b').id.slice(0, 12)}`,
			'Ada <ada@example.org>|--upload-pack=x "quoted"',
		]);
		expect(await git('status', '--porcelain')).toBe('');
	});

	it('is readable by people', async () => {
		const { id } = sampleSnapshot();
		await store.put(sampleSnapshot());
		expect((await readdir(join(directory, 'snapshots', id.slice(0, 2), id))).sort()).toEqual(['flows.json', 'snapshot.json']);
		expect(await readFile(join(directory, 'snapshots', id.slice(0, 2), id, 'flows.json'), 'utf8')).toContain('\n    "label": "Flow 1"\n');
	});

	it('stays apart from a repository around it, even where that ignores it and a hook runs', async () => {
		await run('git', ['init', '--quiet', folder]);
		await writeFile(join(folder, '.gitignore'), 'my snapshots/\n*.json\n');
		const inHook = { ...env, GIT_DIR: join(folder, '.git'), GIT_INDEX_FILE: join(folder, 'other-index') };
		await openGitStore(ownRepository(directory, inHook)).put(sampleSnapshot());
		expect(await git('rev-list', '--count', 'HEAD')).toBe('1');
		await expect(run('git', ['-C', folder, 'rev-parse', 'HEAD'])).rejects.toThrow();
	});

	it('commits what a process that died had only written', async () => {
		await store.put(sampleSnapshot('a'));
		const snapshot = sampleSnapshot('b');
		await writeSnapshotFolder(directory, snapshot);
		expect(await git('status', '--porcelain')).not.toBe('');
		expect(await store.put(snapshot)).toEqual({ created: false });
		expect(await git('rev-list', '--count', 'HEAD')).toBe('2');
	});

	it('says that git is missing', async () => {
		await expect(openGitStore(ownRepository(directory, { PATH: folder })).put(sampleSnapshot())).rejects.toMatchObject({
			code: 'GIT_MISSING',
			exitStatus: 2,
		});
		expect(await store.list()).toEqual([]);
	});

	it('takes nothing back but its own when a commit fails', async () => {
		await store.put(sampleSnapshot('a'));
		await writeFile(join(directory, '.git', 'index'), 'not an index');
		await expect(store.put(sampleSnapshot('b'))).rejects.toMatchObject({ code: 'GIT_FAILED', message: expect.stringContaining(directory) });
		expect((await store.list()).map((entry) => entry.id)).toEqual([sampleSnapshot('a').id]);
	});

	it('says that the disk was full where git only says it in words', async () => {
		await store.put(sampleSnapshot('a'));
		const full = new FlowferryError({ code: 'GIT_FAILED', message: 'git failed: fatal: write error: No space left on device' });
		const repository = { ...openGitRepository(directory, env), commit: () => Promise.reject(full) };
		await expect(openGitStore(ownRepository(directory, env, () => repository)).put(sampleSnapshot('b'))).rejects.toMatchObject({
			code: 'STORE_WRITE_FAILED',
			message: expect.stringContaining('ENOSPC'),
		});
		expect((await store.list()).map((entry) => entry.id)).toEqual([sampleSnapshot('a').id]);
	});

	it('says that its place is a file', async () => {
		await writeFile(directory, '');
		await expect(store.put(sampleSnapshot())).rejects.toMatchObject({
			code: 'STORE_WRITE_FAILED',
			message: expect.stringContaining(directory),
		});
		await expect(store.list()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
	});
});

describe('a damaged store', () => {
	const { id } = sampleSnapshot();
	const damages: [string, (path: string) => Promise<unknown>, string][] = [
		[
			'flows that were edited',
			async (at) => writeFile(join(at, 'flows.json'), (await readFile(join(at, 'flows.json'), 'utf8')).replace('"go"', '"went"')),
			id,
		],
		[
			'flows cut short',
			async (at) => writeFile(join(at, 'flows.json'), (await readFile(join(at, 'flows.json'), 'utf8')).slice(0, 40)),
			'flows.json',
		],
		[
			'another palette',
			async (at) => writeFile(join(at, 'snapshot.json'), (await readFile(join(at, 'snapshot.json'), 'utf8')).replace('1.3.0', '1.3.1')),
			id,
		],
		['a lost file', (at) => rm(join(at, 'snapshot.json')), 'snapshot.json'],
		['an object for flows', (at) => writeFile(join(at, 'flows.json'), '{}'), id],
		['null', (at) => writeFile(join(at, 'snapshot.json'), 'null'), 'snapshot.json'],
	];

	it.each(damages)('is noticed, named and can be restored as told: %s', async (_, damage, named) => {
		await store.put(sampleSnapshot());
		await store.put(sampleSnapshot('other'));
		await damage(join(directory, 'snapshots', id.slice(0, 2), id));

		const error = await store.get(id).catch((caught) => caught);
		expect(error).toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining(named) });
		expect((await store.list()).map((entry) => [entry.state, entry.id])).toEqual([
			['intact', sampleSnapshot('other').id],
			['corrupt', id],
		]);
		await expect(store.put(sampleSnapshot())).rejects.toMatchObject({ code: 'STORE_CORRUPT' });

		const command = error.hint.slice(error.hint.indexOf('git -C'));
		await run('sh', ['-c', command], { env });
		expect(await store.get(id)).toEqual(sampleSnapshot());
	});
});

/** Needs the right to mount a small file system; elsewhere it is skipped, and says so. */
const mountable = await canMount();
(mountable ? it : it.skip)(
	`a full disk keeps what is there${mountable ? '' : ' (SKIPPED: mounting a tmpfs is not permitted here)'}`,
	async () => {
		await mkdir(directory, { recursive: true });
		await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
		try {
			const kept = sampleSnapshot('kept');
			await store.put(kept);
			const large = sampleSnapshot('x'.repeat(2_000_000));
			await expect(store.put(large)).rejects.toMatchObject({
				code: 'STORE_WRITE_FAILED',
				message: expect.stringMatching(new RegExp(`${directory}.*ENOSPC`)),
				hint: expect.stringContaining('Free some space'),
			});
			expect(await store.list()).toEqual([{ state: 'intact', id: kept.id, snapshot: kept }]);

			// Leave less and less room, so that each step of writing and committing meets the full disk once.
			const failures: string[] = [];
			for (let left = 0; left <= 120; left += 8) {
				const free = Number((await run('df', ['--output=avail', '-k', directory])).stdout.split('\n')[1]);
				await writeFile(join(directory, 'filler'), Buffer.alloc(Math.max(0, free - left) * 1024));
				const outcome = await store.put(sampleSnapshot(`small ${left}`)).catch((error) => error);
				await rm(join(directory, 'filler'));
				if (outcome instanceof Error) failures.push(`${(outcome as { code?: string }).code}: ${outcome.message}`);
				expect((await store.list()).filter((entry) => entry.state === 'corrupt')).toEqual([]);
				expect(await store.get(kept.id)).toEqual(kept);
			}
			expect(failures.length).toBeGreaterThan(0);
			expect(failures.filter((failure) => !failure.startsWith('STORE_WRITE_FAILED'))).toEqual([]);
			expect(await store.put(sampleSnapshot('after'))).toEqual({ created: true });
			expect(await git('status', '--porcelain')).toBe('');
		} finally {
			await run('umount', [directory]);
		}
	},
	60_000,
);

async function canMount(): Promise<boolean> {
	const probe = await mkdtemp(join(tmpdir(), 'flowferry-mount-'));
	try {
		await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]);
		await run('umount', [probe]);
		return true;
	} catch {
		return false;
	} finally {
		await rm(probe, { recursive: true });
	}
}

it('reads the identity that git would sign with', async () => {
	expect(await readGitIdentity(folder, env)).toBeUndefined();
	await run('git', ['init', '--quiet', folder]);
	await run('git', ['-C', folder, 'config', 'user.name', 'Ada L']);
	await run('git', ['-C', folder, 'config', 'user.email', 'ada@example.org']);
	expect(await readGitIdentity(folder, env)).toBe('Ada L <ada@example.org>');
	expect(await readGitIdentity(folder, { PATH: folder })).toBeUndefined();
});
