import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openGitStore } from '../../src/lib/snapshot/git-store.ts';
import { serialiseSnapshot } from '../../src/lib/snapshot/snapshot-document.ts';
import { folderFor } from '../../src/lib/snapshot/snapshot-files.ts';
import { ownRepository } from '../../src/lib/snapshot/store-home.ts';
import { runCli } from '../support/cli.ts';
import { sampleSnapshot } from '../support/snapshots.ts';

const run = promisify(execFile);
const DAY_MS = 86_400_000;

let folder: string;
const flowferry = (...args: string[]) => runCli(args, { cwd: folder });
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const old = sampleSnapshot('old', { time: daysAgo(200), message: 'old' });
const middle = sampleSnapshot('middle', { time: daysAgo(100), message: 'middle' });
const young = sampleSnapshot('young', { time: daysAgo(1), message: 'young' });

const configure = (store: unknown) =>
	writeFile(
		join(folder, 'flowferry.yaml'),
		JSON.stringify({ dev: { userDir: 'dev' }, environments: { production: { mode: 'hot-spare' } }, ...(store ? { store } : {}) }),
	);
/** Three snapshots in a store; by the library, which is quicker than the program. */
const fill = async (store = '.flowferry/snapshots') => {
	const stored = openGitStore(ownRepository(join(folder, store), { PATH: process.env.PATH, HOME: '/nonexistent' }));
	for (const snapshot of [old, middle, young]) await stored.put(snapshot);
};

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry store '));
	await configure(null);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('flowferry snapshot export and import', () => {
	it('bring a snapshot from one store into another, and say whether it was new', async () => {
		await fill();
		expect((await flowferry('snapshot', 'export', young.id.slice(0, 7), '--out', 'out/young.json')).status).toBe(0);
		const text = await readFile(join(folder, 'out/young.json'), 'utf8');
		expect(text).toBe(serialiseSnapshot(young));
		expect((await flowferry('snapshot', 'export', young.id)).stdout).toBe(text);
		expect((await flowferry('snapshot', 'export', young.id, '--json')).json()).toEqual(JSON.parse(text));

		await configure('other');
		const first = await runCli(['snapshot', 'import', '-'], { cwd: folder, input: text });
		expect(first.stdout).toContain(`Stored snapshot ${young.id.slice(0, 12)}`);
		const again = await runCli(['snapshot', 'import', '-', '--json'], { cwd: folder, input: text });
		expect(again.json()).toMatchObject({ id: young.id, created: false, author: young.author, time: young.time });
	});

	it('refuse a file that was changed, and store nothing', async () => {
		await writeFile(join(folder, 'x.json'), serialiseSnapshot(young).replace('"topic": "young"', '"topic": "other"'));
		const { status, stderr } = await flowferry('snapshot', 'import', 'x.json');
		expect(status).toBe(2);
		expect(stderr).toMatch(/^flowferry: The snapshot file x\.json is damaged: its content does not give its id.*\n {2}→ /);
		expect(existsSync(join(folder, '.flowferry'))).toBe(false);
		expect((await flowferry('snapshot', 'import', 'none.json')).stderr).toContain('none.json');
	});
});

describe('flowferry snapshot tag', () => {
	it('names a snapshot wherever its id is asked for', async () => {
		await fill();
		expect((await flowferry('snapshot', 'tag', old.id, 'v1.0', '-m', 'as sold')).stdout).toContain('is v1.0');
		expect((await flowferry('snapshot', 'show', 'v1.0')).stdout).toContain(old.id);
		expect((await flowferry('snapshot', 'diff', 'v1.0', young.id)).stdout).toContain('"old" → "young"');
		const list = await flowferry('snapshot', 'list', '--limit', '2');
		expect(list.stdout.split('\n')[0]).toMatch(/MESSAGE$/);
		expect(list.stderr).toBe('2 of 3; --all lists them all\n');
		expect((await flowferry('snapshot', 'list')).stdout).toMatch(/v1\.0 +old\n/);
		expect((await flowferry('snapshot', 'list', '-n', '1', '--json')).json()).toMatchObject({ snapshots: [{ id: young.id }], total: 3 });
		for (const [name, code] of [
			['production', 'TAG_NAME_INVALID'],
			['dev', 'TAG_NAME_INVALID'],
			['abcdef0', 'TAG_NAME_INVALID'],
			['v1.0', 'TAG_EXISTS'],
		]) {
			expect((await flowferry('snapshot', 'tag', young.id, name!, '--json')).json()).toMatchObject({ error: { code, exitStatus: 2 } });
		}
		expect((await flowferry('snapshot', 'tag', '--delete', 'v1.0')).status).toBe(0);
		expect((await flowferry('snapshot', 'show', 'v1.0')).stderr).toContain('v1.0 is not the id of a snapshot');
		expect((await flowferry('snapshot', 'tag', old.id)).stderr).toContain('takes the id of a snapshot and a name');
	});
});

describe('flowferry snapshot verify', () => {
	it('names every damaged file and what restores it, and ends with 2', async () => {
		await fill();
		expect(await flowferry('snapshot', 'verify')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Whole: 3 snapshots read/) });
		const store = join(folder, '.flowferry/snapshots');
		const damaged = [`${folderFor(old.id)}/flows.json`, `${folderFor(young.id)}/snapshot.json`];
		for (const file of damaged) await writeFile(join(store, file), '{"a":1}');
		const { status, stdout } = await flowferry('snapshot', 'verify');
		expect(status).toBe(2);
		for (const file of damaged) expect(stdout).toContain(`\n  ${file}\n  → Restore it from its repository: git -C`);
		expect(stdout).toContain('3 snapshots read, 2 damaged');
		const json = (await flowferry('snapshot', 'verify', '--json')).json();
		expect(json).toMatchObject({ checked: 3, repository: [] });
		for (const { hint } of json.damaged) await run('sh', ['-c', hint.slice(hint.indexOf('git -C'))]);
		expect((await flowferry('snapshot', 'verify', old.id)).stdout).toBe(`Whole: snapshot ${old.id}\n`);
		expect((await flowferry('snapshot', 'verify')).status).toBe(0);
	});

	it("finds a corrupt object in git's history", async () => {
		await fill();
		const store = join(folder, '.flowferry/snapshots');
		const hash = (await run('git', ['-C', store, 'rev-parse', `HEAD:${folderFor(old.id)}/flows.json`])).stdout.trim();
		const object = join(store, '.git/objects', hash.slice(0, 2), hash.slice(2));
		await rm(object, { force: true });
		await writeFile(object, 'broken');
		const { status, stdout } = await flowferry('snapshot', 'verify');
		expect(status).toBe(2);
		expect(stdout).toContain(hash);
		// What is in the work tree is whole, and can be read.
		expect((await flowferry('snapshot', 'show', old.id)).status).toBe(0);
	});
});

describe('flowferry snapshot prune', () => {
	it('takes out what is old, but for what is tagged or needed, and asks before', async () => {
		await fill();
		await flowferry('snapshot', 'tag', old.id, 'v1.0');
		expect((await flowferry('snapshot', 'prune', '--keep', '1')).stderr).toContain('--force production');
		const forced = ['snapshot', 'prune', '--force', 'production'];
		expect((await flowferry(...forced)).stderr).toContain('--keep 100, or --older-than 90d');
		const dry = await flowferry(...forced, '--older-than', '90d', '--dry-run');
		expect(dry.stdout).toMatch(new RegExp(`^1 snapshot would go, 2 stay\n  ${middle.id.slice(0, 12)} `));
		expect((await flowferry(...forced, '--older-than', '90d')).stderr).toContain('Add --yes');
		expect((await flowferry('snapshot', 'list', '--json')).json().total).toBe(3);
		expect((await flowferry(...forced, '--older-than', '90d', '--yes', '--json')).json()).toEqual({ pruned: [middle.id], kept: 2 });
		expect((await flowferry('snapshot', 'show', middle.id)).status).toBe(2);
		expect((await flowferry(...forced, '--older-than', '90d', '--yes')).stdout).toMatch(/^Nothing to prune/);
	});

	(existsSync('/usr/bin/script') ? it : it.skip)('keeps what was tagged while its question stood', async () => {
		await fill();
		const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
		const line = `'${process.execPath}' '${program}' snapshot prune --older-than 90d --force production`;
		// Lends the program a terminal.
		const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], { cwd: folder });
		const ended = once(child, 'close');
		let said = '';
		child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
		while (!said.includes('Prune 2 snapshots of 3?')) await new Promise((resolve) => setTimeout(resolve, 20));
		await flowferry('snapshot', 'tag', old.id, 'v1.0');
		child.stdin.write('y\r');
		expect([await ended, said]).toEqual([[0, null], expect.stringContaining('Pruned 1 snapshot, 2 stay')]);
		expect((await flowferry('snapshot', 'show', 'v1.0')).stdout).toContain(old.id);
		expect((await flowferry('snapshot', 'show', middle.id)).status).toBe(2);
	});

	it('keeps what an environment runs or keeps warm', async () => {
		await fill();
		const { journalTables, SqliteJournal } = await import('../../src/lib/promotion/sqlite-journal.ts');
		const { openStateDatabase } = await import('../../src/lib/adapters/state-database.ts');
		const directory = join(folder, '.flowferry/environments/production');
		await mkdir(directory, { recursive: true });
		const database = openStateDatabase(join(directory, 'state.db'), journalTables);
		const journal = new SqliteJournal(database, () => new Date());
		await journal.setSlot('blue', await journal.createRelease(old.id));
		await journal.setSlot('green', await journal.createRelease(middle.id));
		await journal.setServingSlot('green');
		database.close();
		expect((await flowferry('snapshot', 'list')).stdout).toMatch(/in production +middle\n/);
		expect((await flowferry('snapshot', 'prune', '--keep', '0', '--yes', '--json')).json()).toEqual({ pruned: [young.id], kept: 2 });
	});
});

describe('flowferry snapshot push and pull', () => {
	it('share snapshots through a remote, whose password is never printed', async () => {
		const remote = join(folder, 'remote.git');
		await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote]);
		await configure({ path: 'ada', remote });
		await fill('ada');
		expect((await flowferry('snapshot', 'push')).stdout).toBe(`Sent to ${remote}\n`);
		await configure({ path: 'bo', remote });
		expect((await flowferry('snapshot', 'pull')).stdout).toBe(`3 new snapshots from ${remote}\n`);
		expect((await flowferry('snapshot', 'pull', '--json')).json()).toEqual({ added: 0, removed: 0, remote });

		await configure({ path: 'bo', remote: 'http://ada:s3cret-token@127.0.0.1:1/x.git', push: 'auto' });
		const taken = await runCli(['snapshot', 'import', '-'], { cwd: folder, input: serialiseSnapshot(sampleSnapshot('more')) });
		expect(taken.status).toBe(0);
		expect(taken.stderr).toMatch(/^error: The remote .* cannot be reached/);
		for (const args of [
			['tag', old.id, 'v9'],
			['prune', '--older-than', '90d', '--yes', '--force', 'production'],
		]) {
			const done = await flowferry('snapshot', ...args);
			expect(done).toMatchObject({ status: 0, stderr: expect.stringMatching(/^error: The remote .* cannot be reached/) });
			expect(done.stderr).not.toContain('s3cret-token');
		}
		const tagged = await flowferry('snapshot', 'tag', old.id, 'v10', '--json');
		expect(tagged.json()).toMatchObject({ name: 'v10', unshared: { code: 'STORE_REMOTE_UNREACHABLE' } });
		for (const args of [['push'], ['pull'], ['push', '--json']]) {
			const { status, stdout, stderr } = await flowferry('snapshot', ...args);
			expect(status).toBe(2);
			expect(stdout + stderr).toContain('127.0.0.1');
			expect(stdout + stderr).not.toContain('s3cret-token');
		}
		expect(taken.stdout + taken.stderr).not.toContain('s3cret-token');
	});
});

describe('store in the configuration', () => {
	it.each([
		['two places', { path: 'a', branch: 'b' }, 'more than one of path, folder and branch'],
		['a folder that pushes by itself', { folder: 'a', push: 'auto' }, 'cannot be auto with `folder`'],
		['a branch that git would not take', { branch: '-x' }, 'must be the name of a branch'],
		['a key that there is not', { paht: 'x' }, 'paht'],
	])('is refused where it names %s', async (_, store, message) => {
		await configure(store);
		const { status, stderr } = await flowferry('snapshot', 'list');
		expect(status).toBe(2);
		expect(stderr).toContain(message);
	});

	it('says that there is no repository around it', async () => {
		await configure({ branch: 'flowferry/snapshots' });
		expect((await flowferry('snapshot', 'list')).stderr).toContain('is in no git repository');
	});
});
