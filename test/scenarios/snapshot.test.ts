import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runCli } from '../support/cli.ts';
import type { RunningNodeRed } from '../support/node-red.ts';
import { startNodeRed } from '../support/node-red.ts';
import { sampleFlows } from '../support/snapshots.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

let nodeRed: RunningNodeRed;
let folder: string;

beforeAll(async () => {
	nodeRed = await startNodeRed({ flows: sampleFlows });
});
afterAll(() => nodeRed.stop());
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry snapshot '));
	await configure(`url: ${nodeRed.url}`);
});
afterEach(() => rm(folder, { recursive: true }));

const configure = (dev: string) =>
	writeFile(join(folder, 'flowferry.yaml'), `dev: { ${dev} }\nenvironments: { production: { mode: hot-spare } }\n`);
const flowferry = (...args: string[]) => runCli(args, { cwd: folder });

describe('flowferry snapshot', () => {
	it('stores the dev Node-RED, and says what it holds', async () => {
		const { status, stdout, stderr } = await flowferry('snapshot', '-m', 'first light');
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		const lines = stdout.split('\n');
		expect(lines[0]).toMatch(/^Stored snapshot [0-9a-f]{12}$/);
		expect(lines[1]).toMatch(new RegExp(`^  from         ${nodeRed.url} \\(rev [0-9a-f]{12}\\)$`));
		expect(lines[2]).toBe('  flows        2 nodes in 1 flow');
		expect(lines[3]).toMatch(/^ {2}Node-RED {5}5\.\d+\.\d+, on Node\.js \d+\.\d+\.\d+$/);
		expect(lines[4]).toBe('  palette      the core nodes alone');
	});

	it('stores nothing where nothing has changed', async () => {
		const first = (await flowferry('snapshot', '-m', 'first', '--json')).json();
		expect(first).toMatchObject({ created: true, nodes: 2, flows: 1, palette: [], message: 'first', warnings: [] });
		const second = (await flowferry('snapshot', '-m', 'second', '--json')).json();
		expect(second).toEqual({ ...first, created: false });
		expect((await flowferry('snapshot')).stdout).toContain('is stored already: nothing has changed since');
	});

	it('reads a user directory too, and warns on stderr', async () => {
		const userDir = join(folder, 'red');
		await mkdir(userDir);
		const inline = sampleFlows.map((node) => (node.id === 'n1' ? { ...node, credentials: { key: 's3cret' } } : node));
		await writeFile(join(userDir, 'flows.json'), JSON.stringify(inline));
		await configure('userDir: red');
		const { status, stdout, stderr } = await flowferry('snapshot');
		expect(status).toBe(0);
		expect(stdout).toContain(`  from         ${userDir} (flows.json)`);
		expect(stderr).toMatch(
			/^warning: No Node-RED has run in .*\nwarning: Credentials were left out of the snapshot \(1 node: n1\): set FLOWFERRY_PASSPHRASE .*\n$/,
		);
		expect(stdout + stderr).not.toContain('s3cret');
	});

	it.each([
		['nobody listens', 'url: "http://127.0.0.1:1"', 'cannot be reached'],
		['the place is no Node-RED', 'url: "URL/red"', 'is not a Node-RED admin API'],
		['the user directory is not there', 'userDir: nowhere', 'The user directory'],
		['a variable is not set', 'url: "URL", token: "${DEV_TOKEN}"', 'flowferry.yaml:1:'],
	])('ends with 2 and stores nothing when %s', async (_, dev, message) => {
		await configure(dev.replace('URL', nodeRed.url));
		const { status, stdout, stderr } = await flowferry('snapshot');
		expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
		expect(stderr).toMatch(/^flowferry: .*\n {2}→ .*/);
		expect(stderr).toContain(message);
		await expect(readFile(join(folder, '.flowferry/snapshots/.git/HEAD'))).rejects.toMatchObject({ code: 'ENOENT' });
	});

	it('names flows that Node-RED could not read either', async () => {
		await mkdir(join(folder, 'red'));
		await writeFile(join(folder, 'red/flows.json'), '[{"id":"a","type":"tab"},');
		await configure('userDir: red');
		const { status, stderr } = await flowferry('snapshot');
		expect(status).toBe(2);
		expect(stderr).toContain(`${join(folder, 'red/flows.json')} is not JSON: line 1`);
	});

	it('sends whoever has no configuration to init', async () => {
		await rm(join(folder, 'flowferry.yaml'));
		expect(await flowferry('snapshot')).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('There is no configuration file flowferry.yaml\n  → Write one with `flowferry init`'),
		});
		const { json } = await flowferry('snapshot', '--json');
		expect(json().error).toMatchObject({ code: 'CONFIG_MISSING', exitStatus: 2 });
	});
});

describe('flowferry snapshot list and show', () => {
	it('list what is there, the newest first', async () => {
		expect((await flowferry('snapshot', 'list')).stdout).toBe('No snapshots yet. Take one with `flowferry snapshot`.\n');
		const { id } = (await flowferry('snapshot', '-m', 'first \u001b[31mlight\n\nand more', '--json')).json();
		const { status, stdout } = await flowferry('snapshot', 'list');
		expect(status).toBe(0);
		expect(stdout.split('\n')[0]).toMatch(/^ID {12}TIME \(UTC\) {8}NODES {2}FLOWS {2}NODE-RED {2}MESSAGE$/);
		expect(stdout.split('\n')[1]).toMatch(
			new RegExp(`^${id.slice(0, 12)}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  2      1      5\\.\\S+ +first {1,2}\\[31mlight$`),
		);
		expect((await flowferry('snapshot', 'list', '--json')).json()).toMatchObject({ snapshots: [{ id, flows: 1 }], corrupt: [] });
	});

	it('show one by the beginning of its id, or its flows alone', async () => {
		const { id } = (await flowferry('snapshot', '-m', 'first light', '--json')).json();
		const shown = await flowferry('snapshot', 'show', id.slice(0, 7));
		expect(shown.stdout).toMatch(new RegExp(`^Snapshot ${id}\n  20.* by .*\n  first light\n  from `));
		const flows = await flowferry('snapshot', 'show', id, '--flows');
		expect(JSON.parse(flows.stdout).map((node: { id: string }) => node.id)).toEqual(['t1', 'n1', 'n2']);
		expect((await flowferry('snapshot', 'show', 'fffffff')).stderr).toContain(`the store has ${id.slice(0, 12)}`);
	});

	it('name a damaged snapshot and how to restore it', async () => {
		const { id } = (await flowferry('snapshot', '--json')).json();
		await writeFile(join(folder, '.flowferry/snapshots/snapshots', id.slice(0, 2), id, 'flows.json'), '[]');
		const { status, stderr } = await flowferry('snapshot', 'list');
		expect(status).toBe(2);
		expect(stderr).toMatch(
			new RegExp(
				`^error: The snapshot store is damaged at .*${id}.*\n  → .*git -C '.*' checkout HEAD -- snapshots/${id.slice(0, 2)}/${id}\n$`,
			),
		);
		const json = await flowferry('snapshot', 'list', '--json');
		expect(json.status).toBe(2);
		expect(json.json()).toMatchObject({ snapshots: [], corrupt: [{ id }] });
		expect((await flowferry('snapshot', 'show', id)).status).toBe(2);
	});
});
