import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type CliResult, runCli } from '../support/cli.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-gate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lint = (...args: string[]): Promise<CliResult> => runCli(['lint', ...args], { cwd: folder });

async function write(files: Record<string, unknown>): Promise<void> {
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, '\t'));
	}
}

const git = (...args: string[]) =>
	run('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false', ...args], { cwd: folder });

/** Two warnings: its wires lead to nowhere. */
const flows = (label = 'Plant', properties: object = {}) => [
	{ id: 'tab', type: 'tab', label },
	{ id: 'a', type: 'json', z: 'tab', name: 'First', property: 'payload', x: 1, y: 1, wires: [['gone']] },
	{ id: 'b', type: 'json', z: 'tab', name: 'Second', property: 'payload', x: 1, y: 2, wires: [['gone']], ...properties },
];

const config = (lintSection: object = {}, environments: object = { production: { mode: 'hot-spare' } }) => ({
	dev: { userDir: 'dev' },
	environments,
	lint: lintSection,
});

describe('what is judged', () => {
	it('is the dev Node-RED of the configuration where nothing is named, with places in its file', async () => {
		await write({ 'flowferry.yaml': config(), 'dev/flows.json': flows() });
		const { stdout, stderr, status } = await lint('--format', 'github');
		expect(stdout).toMatch(/^::warning file=dev\/flows\.json,line=8,col=9,title=[^\n]+\n::warning file=dev\/flows\.json,line=22,/);
		expect([stderr, status]).toEqual(['', 0]);
	});

	it('is an error that says what to do where there is neither a name nor a configuration', async () => {
		const { stdout, stderr, status } = await lint();
		expect([stdout, status]).toEqual(['', 2]);
		expect(stderr).toContain('There is no configuration file flowferry.yaml\n  → ');
	});

	it('is several files, folders and patterns, each once', async () => {
		await write({
			'one.json': flows('One'),
			'user/flows.json': flows('User'),
			'user/package.json': { name: 'node-red-project' },
			'project/package.json': { 'node-red': { settings: { flowFile: 'main.json' } } },
			'project/main.json': flows('Project'),
			'deep/er/flows_x.json': flows('Deep'),
			'deep/er/flows_x_cred.json': { $: 'x' },
			'deep/node_modules/m/flows_y.json': '[',
		});
		const { report, status } = await lint('one.json', './one.json', 'user', 'project', '**/flows_*.json', '--json').then((result) => ({
			report: result.json(),
			status: result.status,
		}));
		expect(report.files).toEqual(['one.json', 'user/flows.json', 'project/main.json', 'deep/er/flows_x.json']);
		expect([report.summary, status]).toEqual([{ nodes: 12, flows: 4, errors: 0, warnings: 8, infos: 0 }, 0]);
	});

	it('is a stored snapshot', async () => {
		await write({ 'flowferry.yaml': config(), 'dev/flows.json': flows(), 'dev/package.json': {}, 'dev/.config.runtime.json': {} });
		await write({ 'dev/.config.nodes.json': { 'node-red': { name: 'node-red', version: '5.0.7', nodes: {} } } });
		const snapshot = (await runCli(['snapshot', '--json'], { cwd: folder })).json();
		const { stdout } = await lint('--snapshot', snapshot.id.slice(0, 12));
		expect(stdout).toContain(`3 nodes in 1 flow of snapshot ${snapshot.id.slice(0, 12)}, judged for hot-spare`);
		expect((await lint('flows.json', '--snapshot', snapshot.id)).stderr).toContain('Both files and a snapshot are named');
		await write({ 'dev/flows.json': flows('Plant', { property: 'other' }) });
		expect((await lint('--since', snapshot.id.slice(0, 12))).stdout).toMatch(/Second.*left out: 1 not new\n$/s);
	}, 60_000);
});

describe('settings', () => {
	it('give the mode: the only environment, a named one, a preset, a flag', async () => {
		const modeOf = async (...args: string[]) => (await lint('flows.json', '--json', ...args)).json().mode;
		await write({ 'flows.json': flows(), 'flowferry.yaml': config({}, { p: { mode: 'load-balanced' } }) });
		expect([await modeOf(), await modeOf('--mode', 'hot-spare')]).toEqual(['load-balanced', 'hot-spare']);
		await write({ 'flowferry.yaml': config({}, { p: { mode: 'load-balanced' }, q: { mode: 'load-balanced' } }) });
		expect([await modeOf(), await modeOf('--environment', 'q')]).toEqual(['hot-spare', 'load-balanced']);
		const { stderr, status } = await lint('flows.json', '--environment', 'r');
		expect([stderr, status]).toEqual([expect.stringContaining('There is no environment r; the configuration has p, q\n'), 2]);
		await write({ 'flowferry.yaml': config({ extends: ['load-balanced'] }, { p: { mode: 'hot-spare' } }) });
		expect(await modeOf()).toBe('load-balanced');
	}, 60_000);

	it('say what the primary of the environment alone fires', async () => {
		const timer = (id: string, type: string) => ({ id, type, z: 'tab', repeat: '5', x: 1, y: 1, wires: [['out']] });
		const nodes = [{ id: 'tab', type: 'tab', label: 'Plant' }, timer('i', 'inject'), timer('c', 'cronplus')];
		const out = { id: 'out', type: 'http request', z: 'tab', url: 'http://localhost', x: 1, y: 1, wires: [] };
		const severities = async (environments: object, ...args: string[]) => {
			await write({ 'flows.json': [...nodes, out], 'flowferry.yaml': config({}, environments) });
			const { findings } = (await lint('flows.json', '--json', ...args)).json();
			const found = (findings as Record<string, string>[]).filter(({ rule }) => rule === 'timer-on-every-instance');
			return found.map(({ nodeId, severity }) => `${nodeId} ${severity}`).sort();
		};
		expect(await severities({ p: { mode: 'load-balanced' } })).toEqual(['c error', 'i info']);
		expect(await severities({ p: { mode: 'load-balanced', primary: { timers: false, sources: ['cronplus'] } } })).toEqual([
			'c info',
			'i error',
		]);
		expect(await severities({ p: { mode: 'hot-spare' } }, '--mode', 'load-balanced')).toEqual(['c error', 'i error']);
	}, 60_000);

	it('change levels, for some flows and files, and ignore others', async () => {
		await write({
			'flowferry.yaml': config({
				rules: { 'wire-to-nowhere': 'off' },
				overrides: [
					{ flows: ['Pl*'], rules: { 'wire-to-nowhere': 'info' } },
					{ files: ['gate/*.json'], rules: { 'wire-to-nowhere': 'error' } },
				],
				ignore: { files: ['old/**'] },
			}),
			'flows.json': flows(),
			'gate/flows.json': flows(),
			'old/flows.json': flows(),
			'other.json': flows('Other'),
		});
		const { stdout, stderr, status } = await lint('**/*.json', '--format', 'checkstyle');
		expect(stdout.match(/<file name="[^"]+"|severity="[a-z]+"/g)).toEqual([
			'<file name="flows.json"',
			...['severity="info"', 'severity="info"'],
			'<file name="gate/flows.json"',
			...['severity="error"', 'severity="error"'],
			'<file name="other.json"',
		]);
		expect([stderr, status]).toEqual(['old/flows.json is not judged: lint.ignore of the configuration names it\n', 1]);
	});

	it('name only rules that there are', async () => {
		await write({ 'flows.json': flows(), 'flowferry.yaml': 'lint:\n  rules:\n    wire-to-nowere: off\n' });
		const { stderr, status } = await lint('flows.json');
		expect([stderr, status]).toEqual([
			expect.stringContaining('flowferry.yaml:3:5: lint.rules.wire-to-nowere: is not a known rule\n  → Did you mean `wire-to-nowhere`?\n'),
			2,
		]);
	});

	it('are read without the secrets of the rest, and nowhere else when --config says so', async () => {
		await write({ 'flows.json': flows(), 'gate.yaml': 'dev: { url: "${DEV_URL}" }\nlint: { maxWarnings: 1 }\n' });
		const { stderr, status } = await lint('flows.json', '--config', 'gate.yaml');
		expect([stderr, status]).toEqual([expect.stringContaining('2 warnings are more than the 1 that may be'), 1]);
		expect((await lint('flows.json', '--config', 'gone.yaml')).stderr).toContain('There is no configuration file gone.yaml');
	});
});

describe('the exit status', () => {
	it('is the same in all formats, and each report goes to its file as well', async () => {
		await write({ 'flows.json': flows() });
		const formats = ['stylish', 'readable', 'json', 'sarif', 'junit', 'github', 'gitlab', 'checkstyle', 'markdown', 'html'];
		const reports = formats.flatMap((format) => ['--report', `${format}=out/${format}.txt`]);
		expect((await lint('flows.json', ...reports, '--fail-on', 'warning')).status).toBe(1);
		for (const format of formats) {
			const { stdout, stderr, status } = await lint('flows.json', '--fail-on', 'warning', '--format', format);
			expect([format, stderr, status]).toEqual([format, '', 1]);
			expect(await readFile(join(folder, 'out', `${format}.txt`), 'utf8')).toBe(stdout);
		}
	}, 60_000);

	it.each([
		[['--max-warnings', '2'], 0],
		[['--max-warnings', '1'], 1],
		[['--max-warnings', '1', '--fail-on', 'never'], 1],
		[['--fail-on', 'warning', '--min-confidence', 'high'], 1],
	])('with %j is %d', async (flags, expected) => {
		await write({ 'flows.json': flows() });
		expect((await lint('flows.json', ...flags)).status).toBe(expected);
	});

	it.each([
		['an unknown format', ['--report', 'sarf=x'], '--report sarf=x names no format that there is\n  → Write --report sarif=FILE'],
		['no file', ['--report', 'sarif'], '--report sarif names no file'],
		['a file that cannot be written', ['--report', 'sarif=flows.json/x'], 'flows.json/x cannot be written'],
		['a baseline that is not there', ['--baseline', 'b.json'], 'There is no baseline b.json\n  → '],
		['an update of no baseline', ['--update-baseline'], '--baseline'],
		['a commit that git does not know', ['--since', 'main'], 'git'],
	])('is 2 with %s', async (_name, flags, message) => {
		await write({ 'flows.json': flows() });
		const { stderr, status } = await lint('flows.json', ...flags);
		expect([stderr, status]).toEqual([expect.stringContaining(message), 2]);
	});
});

it('suppressions need a reason, and are counted', async () => {
	await write({ 'flows.json': flows('Plant', { info: 'flowferry-disable wire-to-nowhere: the other half comes later' }) });
	expect((await lint('flows.json')).stdout).toEqual(
		expect.stringMatching(/0 errors, 1 warning, 0 infos[^\n]*\nleft out: 1 suppressed in the flows\n$/),
	);
	await write({ 'flows.json': flows('Plant', { info: 'flowferry-disable wire-to-nowhere' }) });
	expect((await lint('flows.json')).stdout).toContain('suppression-without-reason');
});

it('a baseline lets through what is known, fails on what is mended, and can be pruned', async () => {
	await write({ 'gate/flows.json': flows() });
	const gate = (...flags: string[]) => lint('gate/flows.json', '--fail-on', 'warning', '--baseline', 'gate/baseline.json', ...flags);
	expect(await gate('--update-baseline')).toMatchObject({ status: 0, stderr: 'gate/baseline.json holds the 2 findings of now\n' });
	expect(JSON.parse(await readFile(join(folder, 'gate/baseline.json'), 'utf8'))).toMatchObject({
		entries: [{ file: 'flows.json', nodeId: 'a' }, {}],
	});
	expect(await gate()).toMatchObject({ status: 0, stdout: expect.stringContaining('left out: 2 in the baseline'), stderr: '' });

	await write({ 'gate/flows.json': flows('Plant', { wires: [[]] }) });
	const stale = await gate();
	expect(stale.stderr).toContain('gate/baseline.json: no finding of wire-to-nowhere at b in flows.json any more');
	expect(stale.stderr).toContain('the baseline has an entry that covers nothing any more\n  → ');
	expect(stale.status).toBe(1);
	const { failures, stale: entries } = (await gate('--json')).json();
	expect([failures, entries]).toEqual([
		['the baseline has an entry that covers nothing any more'],
		[expect.objectContaining({ nodeId: 'b' })],
	]);
	expect(await gate('--prune-baseline')).toMatchObject({ status: 0, stderr: '1 stale entry was taken out of gate/baseline.json\n' });
	expect(await gate()).toMatchObject({ status: 0, stderr: '' });
	expect((await gate('--mode', 'load-balanced')).stderr).toContain('is for hot-spare, and the flows are judged for load-balanced');
}, 60_000);

it('--since reports what is news since a commit', async () => {
	await write({ 'sub/flows.json': flows() });
	await git('init', '--quiet', '--initial-branch=main');
	expect((await lint('sub/flows.json', '--since', 'main')).stderr).toContain('git knows no commit main');
	await git('add', '.');
	await git('commit', '--quiet', '--message=first');
	expect(await lint('sub/flows.json', '--since', 'main')).toMatchObject({
		status: 0,
		stdout: expect.stringMatching(/\nno findings[^\n]*\nleft out: 2 not new\n$/),
	});
	await write({ 'sub/flows.json': flows('Plant', { property: 'other' }), 'new.json': flows() });
	const { findings } = (await lint('sub/flows.json', 'new.json', '--since', 'HEAD', '--json')).json();
	expect(findings.map(({ file, nodeId }: { file: string; nodeId: string }) => `${file} ${nodeId}`)).toEqual([
		'sub/flows.json b',
		'new.json a',
		'new.json b',
	]);
	expect((await lint('sub/flows.json', '--since=--help')).stderr).toContain('git knows no commit --help');
	expect((await runCli(['lint', '-', '--since', 'HEAD'], { cwd: folder, input: '[]' })).stderr).toContain(
		'standard input is no file that git could know',
	);
}, 60_000);

it('--timing says on stderr how long each rule took', async () => {
	await write({ 'flows.json': flows() });
	const { stdout, stderr, status } = await lint('flows.json', '--timing', '--json');
	expect(JSON.parse(stdout).summary.warnings).toBe(2);
	expect(stderr).toMatch(/^( +\d+\.\d ms {2}[a-z -]+\n)+$/);
	expect(stderr).toMatch(/ wire-to-nowhere\n.* in all\n$/s);
	expect(status).toBe(0);
});

it('plan gates by the same settings and suppressions', async () => {
	const broken = { id: 'f', type: 'function', z: 'tab', func: 'return (', x: 1, y: 3, wires: [[]] };
	await write({ 'dev/package.json': {}, 'dev/.config.nodes.json': { 'node-red': { name: 'node-red', version: '5.0.7', nodes: {} } } });
	await write({ 'dev/flows.json': [...flows(), broken] });
	const plan = async (lintSection: object) => {
		await write({ 'flowferry.yaml': config(lintSection) });
		return await runCli(['plan'], { cwd: folder });
	};
	expect((await plan({})).status).toBe(1);
	expect((await plan({ rules: { 'function-syntax': 'warning' } })).status).toBe(0);
	expect(await plan({ rules: { 'function-sintax': 'warning' } })).toMatchObject({
		status: 2,
		stderr: expect.stringContaining('names function-sintax, which is no rule\n  → Did you mean function-syntax?'),
	});
	const info = 'flowferry-disable function-syntax: never called';
	await write({ 'dev/flows.json': [...flows(), { ...broken, info }] });
	expect((await plan({})).status).toBe(0);
}, 60_000);

describe('--fix', () => {
	const broker = { id: 'mq', type: 'mqtt-broker', name: 'Broker', broker: 'broker.example', protocolVersion: '5', autoUnsubscribe: true };
	const mqtt = (properties: object = {}) => [
		{ id: 'tab', type: 'tab', label: 'Plant' },
		broker,
		{
			id: 'in',
			type: 'mqtt in',
			z: 'tab',
			name: 'Orders',
			topic: 'orders',
			qos: '1',
			broker: 'mq',
			x: 1,
			y: 1,
			wires: [['out']],
			...properties,
		},
		{ id: 'out', type: 'mqtt out', z: 'tab', name: '', topic: 'done', qos: '1', broker: 'mq', x: 2, y: 1, wires: [] },
	];
	const fix = (...args: string[]) => lint(...args, '--mode', 'load-balanced', '--fix');

	it('shows first, writes on request, keeps all else, and leaves nothing that fails', async () => {
		await write({ 'flows.json': mqtt() });
		const before = await readFile(join(folder, 'flows.json'), 'utf8');
		const shown = await fix('flows.json', '--share-group', 'g');
		expect(shown.stdout).toMatch(
			/\nflows\.json: mqtt in "Orders" in\n {2}- topic: "orders"\n {2}\+ topic: "\$share\/g\/orders"\n.*1 change possible; --write makes them\n$/s,
		);
		expect([shown.status, await readFile(join(folder, 'flows.json'), 'utf8')]).toEqual([1, before]);
		const written = await fix('flows.json', '--share-group', 'g', '--write', '--json');
		expect(written.json()).toMatchObject({
			summary: { errors: 0 },
			changes: [{ nodeId: 'in', property: 'topic', after: '$share/g/orders' }],
		});
		expect(written.status).toBe(0);
		expect(await readFile(join(folder, 'flows.json'), 'utf8')).toBe(before.replace('"orders"', '"$share/g/orders"'));
		expect((await fix('flows.json')).stdout).toContain('Nothing can be fixed mechanically.');
	});

	it('leaves alone what is suppressed', async () => {
		await write({ 'flows.json': mqtt({ info: 'flowferry-disable mqtt-subscription-not-shared: every instance shows it' }) });
		expect((await fix('flows.json')).stdout).toContain('Nothing can be fixed mechanically.');
	});

	it('writes neither into a dev Node-RED nor into standard input', async () => {
		await write({ 'flowferry.yaml': config(), 'dev/flows.json': mqtt() });
		expect(await fix('--write')).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('the flows of the dev Node-RED are its own to write'),
		});
		const piped = await runCli(['lint', '-', '--mode', 'load-balanced', '--fix', '--write'], {
			cwd: folder,
			input: JSON.stringify(mqtt()),
		});
		expect(piped).toMatchObject({ status: 2, stderr: expect.stringContaining('standard input is no file that could be written') });
		expect(JSON.parse(await readFile(join(folder, 'dev/flows.json'), 'utf8'))).toEqual(mqtt());
	});
});
