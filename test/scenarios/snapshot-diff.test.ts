import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { jest } from '@jest/globals';
import { journalTables, SqliteJournal } from '../../src/lib/promotion/sqlite-journal.ts';
import { runCli } from '../support/cli.ts';
import { sampleFlows } from '../support/snapshots.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

let folder: string;
const flowferry = (...args: string[]) => runCli(['snapshot', ...args], { cwd: folder });
const deploy = (topic: string, x = 1) =>
	writeFile(join(folder, 'red/flows.json'), JSON.stringify(sampleFlows.map((node) => (node.id === 'n1' ? { ...node, topic, x } : node))));
const take = async (): Promise<string> => (await flowferry('--json')).json().id;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry diff '));
	await mkdir(join(folder, 'red'));
	await writeFile(
		join(folder, 'flowferry.yaml'),
		'dev: { userDir: red }\nenvironments: { production: { mode: hot-spare }, staging: { mode: hot-spare } }\n',
	);
});
afterEach(() => rm(folder, { recursive: true }));

/** As a promotion leaves it. */
async function serve(environment: string, snapshot: string): Promise<void> {
	const directory = join(folder, '.flowferry/environments', environment);
	await mkdir(directory, { recursive: true });
	const database = new DatabaseSync(join(directory, 'state.db'));
	database.exec(journalTables);
	const journal = new SqliteJournal(database, () => new Date());
	await journal.setSlot('blue', await journal.createRelease(snapshot));
	await journal.setServingSlot('blue');
	database.close();
}

describe('flowferry snapshot diff', () => {
	it('compares what an environment runs with the dev Node-RED, and stores nothing', async () => {
		await deploy('old');
		const id = await take();
		await serve('production', id);
		await deploy('new');
		const { status, stdout } = await flowferry('diff', 'production', 'dev');
		expect(status).toBe(0);
		expect(stdout).toMatch(new RegExp(`^production \\(release 1, ${id.slice(0, 12)}\\) → the dev Node-RED \\([0-9a-f]{12}\\)\n`));
		expect(stdout).toContain('\n\nFlow \'Flow 1\'\n  ~ inject \'go\' n1\n      topic: "old" → "new"\n');
		expect(await readdir(join(folder, '.flowferry/snapshots/snapshots'))).toEqual([id.slice(0, 2)]);
		const json = (await flowferry('diff', 'production', 'dev', '--json')).json();
		expect(json).toMatchObject({
			from: { kind: 'environment', release: 1, snapshot: id },
			to: { kind: 'dev' },
			kind: 'different',
			nodeRed: null,
		});
		expect(JSON.parse((await flowferry('diff', 'production', 'dev', '--format', 'json')).stdout)).toEqual(json);
		expect((await flowferry('diff', 'production', 'dev', '--format', 'markdown')).stdout).toContain('\n  - topic: "old" → "new"\n');
	});

	it('compares an environment alone with what it really runs, also as `flowferry diff`: which nobody can tell where it is down', async () => {
		await deploy('old');
		await serve('production', await take());
		for (const command of [['snapshot', 'diff'], ['diff']]) {
			for (const names of [['production'], ['dev', 'production:running']]) {
				const { status, stderr } = await runCli([...command, ...names], { cwd: folder });
				expect({ status, stderr }).toEqual({ status: 5, stderr: expect.stringContaining('no instance of production is active') });
				expect(stderr).toContain('flowferry up production');
			}
		}
		const { status, stderr } = await flowferry('--from', 'staging');
		expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('nothing was ever promoted to staging') });
	});

	it('writes a page with both versions drawn, to stdout or to a file', async () => {
		await deploy('old');
		const id = await take();
		await deploy('new');
		const page = await flowferry('diff', id, '--format', 'html');
		expect(page.status).toBe(0);
		expect(page.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
		expect(page.stdout.match(/<svg class="drawing"/g)).toHaveLength(2);
		const written = await flowferry('diff', id, '--format', 'html', '--out', 'pages/diff.html');
		expect({ status: written.status, stdout: written.stdout }).toEqual({ status: 0, stdout: 'Wrote pages/diff.html\n' });
		expect(await readFile(join(folder, 'pages/diff.html'), 'utf8')).toBe(page.stdout);
		const refused = await flowferry('diff', id, '--format', 'html', '--out', 'flowferry.yaml/diff.html');
		expect({ status: refused.status, stderr: refused.stderr }).toEqual({
			status: 2,
			stderr: expect.stringContaining('flowferry.yaml/diff.html'),
		});
	});

	it('ends with 1 where something differs and that is asked for', async () => {
		await deploy('a');
		const a = await take();
		await deploy('a', 99);
		const moved = await take();
		const statuses = [];
		for (const args of [
			[a, a],
			[a, moved],
			[a, moved, '--layout'],
		])
			statuses.push((await flowferry('diff', ...args, '--exit-code')).status);
		expect(statuses).toEqual([0, 0, 1]);
		expect((await flowferry('diff', a.slice(0, 7), moved)).stdout).toContain('No difference but in the layout');
	});

	it.each([
		['an environment that runs nothing', 'production', 'nothing was ever promoted to production'],
		['a name that is mistyped', 'prodction', 'Did you mean production?'],
		['an id that nothing has', 'fffffff', 'There is no snapshot fffffff'],
		['an id that is too short', 'abc', '7 to 64 hexadecimal digits'],
	])('ends with 2 for %s', async (_, name, message) => {
		await deploy('a');
		const { status, stdout, stderr } = await flowferry('diff', name);
		expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
		expect(stderr).toContain(message);
	});
});
