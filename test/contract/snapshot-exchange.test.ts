import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readGitIdentity } from '../../src/lib/adapters/git-reader.ts';
import { FlowferryError } from '../../src/lib/errors/flowferry-error.ts';
import { openGitStore } from '../../src/lib/snapshot/git-store.ts';
import type { Snapshot } from '../../src/lib/snapshot/snapshot.ts';
import type { SnapshotStore } from '../../src/lib/snapshot/store.ts';
import { ownRepository, teamBranch } from '../../src/lib/snapshot/store-home.ts';
import { sampleSnapshot } from '../support/snapshots.ts';

const run = promisify(execFile);

let folder: string;
let remote: string;
let env: Record<string, string | undefined>;

const git = async (at: string, ...args: string[]) => (await run('git', ['-C', at, ...args], { env })).stdout.trim();
const openStore = (name: string, push: 'auto' | 'manual' = 'manual', at = remote): SnapshotStore =>
	openGitStore(ownRepository(join(folder, name), env), { remote: at, push });
const idsOf = async (store: SnapshotStore) => (await store.list()).map(({ id }) => id).sort();
const sorted = (...snapshots: Snapshot[]) => snapshots.map(({ id }) => id).sort();

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry exchange '));
	remote = join(folder, 'remote.git');
	env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
	await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote], { env });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((topic) => sampleSnapshot(topic)) as [Snapshot, Snapshot, Snapshot, Snapshot];

describe('pushing and pulling', () => {
	it('brings what one has to the other, and says what came', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await ada.tag(a.id, 'v1', '');
		expect(await ada.pull()).toMatchObject({ added: 0, removed: 0 });
		expect(await ada.push()).toMatchObject({ changed: true });
		expect(await ada.push()).toMatchObject({ changed: false });
		expect(await bo.pull()).toMatchObject({ added: 1, removed: 0 });
		expect(await bo.get('v1')).toEqual(a);
		expect(await bo.pull()).toMatchObject({ added: 0, removed: 0 });
	});

	it('keeps what two people stored, who began apart', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await ada.put(b);
		await ada.push();
		await bo.put(c);
		await expect(bo.push()).rejects.toMatchObject({
			code: 'STORE_PUSH_REJECTED',
			hint: expect.stringContaining('flowferry snapshot pull'),
		});
		expect(await bo.pull()).toMatchObject({ added: 2 });
		expect(await bo.push()).toMatchObject({ changed: true });
		await ada.put(d);
		expect(await ada.pull()).toMatchObject({ added: 1 });
		await ada.push();
		await bo.pull();
		expect(await idsOf(ada)).toEqual(sorted(a, b, c, d));
		expect(await idsOf(bo)).toEqual(sorted(a, b, c, d));
		expect(await git(join(folder, 'bo'), 'status', '--porcelain')).toBe('');
		expect(await bo.verify()).toMatchObject({ damaged: [], repository: [] });
	});

	it('agrees on whose a snapshot is that both took: the earlier one', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		const early = { ...a, time: '2026-01-01T00:00:00.000Z', author: 'Early <e@example.org>' };
		await ada.put({ ...a, time: '2026-02-01T00:00:00.000Z' });
		await bo.put(early);
		await ada.push();
		await bo.pull();
		await bo.push();
		await ada.pull();
		expect(await ada.get(a.id)).toEqual(early);
		expect(await bo.get(a.id)).toEqual(early);
	});

	it('takes out what the other has pruned, but not what came anew', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await ada.put(b);
		await ada.push();
		await bo.pull();
		await bo.put(c);
		await ada.remove([a.id], 'Prune');
		await ada.push();
		expect(await bo.pull()).toMatchObject({ added: 0, removed: 1 });
		expect(await idsOf(bo)).toEqual(sorted(b, c));
	});

	it.each(['nothing else', 'a snapshot'])('keeps what is tagged here, though the other has pruned it, where %s came here', async (came) => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await ada.put(b);
		await ada.push();
		await bo.pull();
		await bo.tag(a.id, 'v1', '');
		if (came === 'a snapshot') await bo.put(c);
		await ada.remove([a.id, b.id], 'Prune');
		await ada.push();
		expect(await bo.pull()).toMatchObject({ removed: 1 });
		expect(await bo.get('v1')).toEqual(a);
		expect(await bo.pull()).toMatchObject({ added: 0, removed: 0 });
		await bo.push();
		await ada.pull();
		expect(await ada.get('v1')).toEqual(a);
		expect(await idsOf(ada)).toEqual(await idsOf(bo));
	});

	it('keeps a file of somebody else on the branch', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await writeFile(join(folder, 'ada', 'README.md'), 'ours\n');
		await git(join(folder, 'ada'), 'add', 'README.md');
		await git(join(folder, 'ada'), '-c', 'user.name=x', '-c', 'user.email=x', 'commit', '--quiet', '-mread');
		await ada.push();
		await bo.put(b);
		await bo.pull();
		expect(await readFile(join(folder, 'bo', 'README.md'), 'utf8')).toBe('ours\n');
	});

	it('does so by itself where that is wanted, and tells of a failure after storing', async () => {
		const [ada, bo] = [openStore('ada', 'auto'), openStore('bo', 'auto')];
		expect(await ada.put(a)).toEqual({ created: true });
		expect(await bo.put(b)).toEqual({ created: true });
		expect(await idsOf(bo)).toEqual(sorted(a, b));
		await rm(remote, { recursive: true });
		const { created, unshared } = await bo.put(c);
		expect(created).toBe(true);
		expect(unshared).toMatchObject({ code: 'STORE_REMOTE_UNREACHABLE' });
		expect(await idsOf(bo)).toEqual(sorted(a, b, c));
	});

	it('tells of a failure after tagging and pruning as well', async () => {
		const ada = openStore('ada', 'auto');
		await ada.put(a);
		expect(await ada.tag(a.id, 'v1', '')).toEqual({});
		await rm(remote, { recursive: true });
		expect(await ada.tag(a.id, 'v2', '')).toMatchObject({ unshared: { code: 'STORE_REMOTE_UNREACHABLE' } });
		expect(await ada.remove([a.id], 'Prune')).toMatchObject({ unshared: { code: 'STORE_REMOTE_UNREACHABLE' } });
		expect(await idsOf(ada)).toEqual([]);
	});

	it('sends all else where a tag conflicts', async () => {
		const [ada, bo, cy] = [openStore('ada'), openStore('bo', 'auto'), openStore('cy')];
		await ada.put(a);
		await ada.tag(a.id, 'v1', '');
		await openStore('bo').put(b);
		await openStore('bo').tag(b.id, 'v1', '');
		await ada.push();
		expect(await bo.put(c)).toMatchObject({ created: true, unshared: { code: 'TAG_CONFLICT' } });
		await cy.pull();
		expect(await idsOf(cy)).toEqual(sorted(a, b, c));
		await openStore('bo').put(d);
		await expect(bo.push()).rejects.toMatchObject({ code: 'TAG_CONFLICT', message: expect.stringContaining('snapshot/v1') });
		expect(await cy.pull()).toMatchObject({ added: 1 });
	});

	it("works for a branch of the team's repository, by the name of its remote", async () => {
		const stores = [];
		for (const name of ['ada', 'bo']) {
			const at = join(folder, name);
			await run('git', ['init', '--quiet', '--initial-branch=main', at], { env });
			await git(at, 'remote', 'add', 'origin', remote);
			stores.push(openGitStore(teamBranch(at, 'flowferry/snapshots', 'origin', env)));
		}
		const [ada, bo] = stores as [SnapshotStore, SnapshotStore];
		await ada.put(a);
		await bo.put(b);
		await ada.push();
		expect(await bo.pull()).toMatchObject({ added: 1 });
		await bo.push();
		await ada.pull();
		expect(await idsOf(ada)).toEqual(sorted(a, b));
		expect(await git(remote, 'branch', '--format=%(refname:short)')).toBe('flowferry/snapshots');
	});

	it('says that a tag means two snapshots, and takes in all else', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await ada.tag(a.id, 'v1', '');
		await ada.push();
		await bo.put(b);
		await bo.tag(b.id, 'v1', '');
		await expect(bo.pull()).rejects.toMatchObject({ code: 'TAG_CONFLICT', hint: expect.stringContaining('--delete') });
		expect(await idsOf(bo)).toEqual(sorted(a, b));
		expect(await bo.get('v1')).toEqual(b);
	});

	it('goes on with a pull that was killed while it wrote files', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		await ada.put(b);
		await ada.push();
		await bo.pull();
		await ada.put(c);
		await ada.push();
		const at = join(folder, 'bo');
		await git(at, 'fetch', '--quiet', remote, 'main');
		// As a reset leaves things that was killed: the branch not moved yet, some files there, some not.
		await writeFile(join(at, '.flowferry-unfinished'), await git(at, 'rev-parse', 'FETCH_HEAD'));
		await rm(join(at, 'snapshots'), { recursive: true });
		expect(await idsOf(openStore('bo'))).toEqual(sorted(a, b, c));
		expect(await git(at, 'status', '--porcelain')).toBe('');
	});
});

describe("git's own variables for the way to a remote", () => {
	it('lead there by a command in place of ssh', async () => {
		const ssh = join(folder, 'my ssh');
		await writeFile(ssh, `#!/bin/sh\necho "$1" >> '${folder}/hosts'\nfor last; do :; done\nexec sh -c "$last"\n`, { mode: 0o755 });
		env = { ...env, GIT_SSH_COMMAND: `'${ssh}'`, GIT_SSH_VARIANT: 'simple' };
		const at = `ssh://git@plant.invalid${encodeURI(remote)}`;
		const [ada, bo] = [openStore('ada', 'manual', at), openStore('bo', 'manual', at)];
		await ada.put(a);
		expect(await ada.push()).toMatchObject({ changed: true });
		expect(await bo.pull()).toMatchObject({ added: 1 });
		expect(await readFile(join(folder, 'hosts'), 'utf8')).toMatch(/^(git@plant\.invalid\n)+$/);
	});

	it('are all passed on, and what leads to another repository is not', async () => {
		const [seen, settings] = [join(folder, 'seen'), join(folder, 'settings')];
		await writeFile(settings, '[user]\n\tname = Cy\n\temail = cy@example.org\n');
		await writeFile(join(folder, 'git'), `#!/bin/sh\nenv > '${seen}'\nPATH='${env.PATH}' exec git "$@"\n`, { mode: 0o755 });
		const names = [
			...['GIT_SSH', 'GIT_ASKPASS', 'SSH_ASKPASS', 'SSH_AUTH_SOCK', 'GIT_SSL_CAINFO', 'GIT_PROXY_COMMAND', 'SSL_CERT_FILE'],
			...['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'ALL_PROXY'],
		];
		const others = { GIT_DIR: folder, GIT_WORK_TREE: folder, GIT_EDITOR: 'vi', FLOWFERRY_PASSPHRASE: 'x' };
		const set = { ...Object.fromEntries(names.map((name) => [name, '/nonexistent'])), GIT_CONFIG_GLOBAL: settings };
		expect(await readGitIdentity(folder, { ...env, PATH: `${folder}:${env.PATH}`, ...others, ...set })).toBe('Cy <cy@example.org>');
		const passed = (await readFile(seen, 'utf8')).split('\n');
		expect(passed).toEqual(expect.arrayContaining(Object.entries(set).map(([name, value]) => `${name}=${value}`)));
		for (const name of Object.keys(others)) expect(passed.filter((line) => line.startsWith(`${name}=`))).toEqual([]);
	});
});

describe('a remote that does not do', () => {
	const failing = async (at: string): Promise<FlowferryError> => {
		const store = openStore('ada', 'manual', at);
		await store.put(a);
		const error = await store.push().catch((caught) => caught);
		expect(error).toBeInstanceOf(FlowferryError);
		expect(await store.pull().catch((caught) => caught)).toMatchObject({ code: error.code });
		expect(await store.get(a.id)).toEqual(a);
		return error;
	};

	it('is not there', async () => {
		expect(await failing('origin')).toMatchObject({ code: 'STORE_NO_REMOTE', hint: expect.stringContaining('remote:') });
		expect(await failing(join(folder, 'nowhere.git'))).toMatchObject({ code: 'STORE_REMOTE_UNREACHABLE' });
	});

	it('cannot be reached; and what is secret in its address is not said', async () => {
		const error = await failing('http://ada:s3cret-token@127.0.0.1:1/x.git');
		expect(error).toMatchObject({ code: 'STORE_REMOTE_UNREACHABLE', hint: expect.stringContaining('network') });
		expect(JSON.stringify(error) + error.message + error.hint).not.toContain('s3cret-token');
	});

	it.each(['s3cr/et-token', 's3cr@et-token', "s3cr'et-token", 's3cr/e@t-token'])(
		'never says a token, were it written as %s',
		async (token) => {
			for (const scheme of ['http', 'https']) {
				const error = await failing(`${scheme}://bot:${token}@127.0.0.1:1/x.git`);
				expect(JSON.stringify(error) + error.message).not.toMatch(/s3cr|et-token|t-token/);
			}
		},
	);

	it('shows no token in the list of processes', async () => {
		const seen = join(folder, 'seen');
		await writeFile(join(folder, 'git'), `#!/bin/sh\necho "$@" >> '${seen}'\nPATH='${env.PATH}' exec git "$@"\n`, { mode: 0o755 });
		env = { ...env, PATH: `${folder}:${env.PATH}` };
		await failing('http://ada:s3cret-token@127.0.0.1:1/x.git');
		const text = await readFile(seen, 'utf8');
		expect(text).toContain(' push ');
		expect(text).not.toContain('s3cret-token');
	});

	it('lets nobody in, and nobody is asked for a password', async () => {
		const server = createServer((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			const error = await failing(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`);
			expect(error).toMatchObject({ code: 'STORE_REMOTE_REFUSED', hint: expect.stringContaining('credential helper') });
		} finally {
			server.close();
		}
	});

	it('says what it is, however much git says before', async () => {
		const [ada, bo] = [openStore('ada'), openStore('bo')];
		await ada.put(a);
		for (const name of ['v1', 'v2', 'v3', 'v4', 'v5']) await ada.tag(a.id, name, '');
		await ada.push();
		await bo.pull();
		await bo.put(b);
		await bo.push();
		await ada.put(c);
		const error = await ada.push().catch((caught) => caught);
		expect(error).toMatchObject({ code: 'STORE_PUSH_REJECTED', message: expect.stringContaining('[rejected]') });
		expect(error.message).not.toContain('refs/tags');
		await ada.pull();
		await writeFile(join(remote, 'hooks', 'pre-receive'), '#!/bin/sh\nfor i in 1 2 3 4 5; do echo word $i >&2; done\nexit 1\n', {
			mode: 0o755,
		});
		await expect(ada.push()).rejects.toMatchObject({ code: 'STORE_REMOTE_REFUSED', message: expect.stringContaining('takes nothing') });
	});

	it('is sent nothing by a store that is empty', async () => {
		const store = openStore('ada');
		expect(await store.push()).toMatchObject({ changed: false });
		expect(await store.pull()).toMatchObject({ added: 0 });
	});

	it('takes nothing', async () => {
		await git(remote, 'config', 'receive.denyCurrentBranch', 'refuse');
		await writeFile(join(remote, 'hooks', 'pre-receive'), '#!/bin/sh\necho protected >&2\nexit 1\n', { mode: 0o755 });
		const store = openStore('ada');
		await store.put(a);
		await expect(store.push()).rejects.toMatchObject({ code: 'STORE_REMOTE_REFUSED', message: expect.stringContaining('takes nothing') });
	});
});
