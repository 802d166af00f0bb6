import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliResult, runCli } from '../support/cli.ts';

let folder: string;

function flowferry(args: string[], input = ''): Promise<CliResult> {
	return runCli(args, { cwd: folder, input });
}

const tab = { id: 'tab', type: 'tab', label: 'Plant' };
const timer = { id: 'tick', type: 'inject', z: 'tab', name: 'Every 5 s', repeat: '5', x: 1, y: 1, wires: [['show']] };
const show = { id: 'show', type: 'debug', z: 'tab', active: false, x: 2, y: 1, wires: [] };
const clean = JSON.stringify([tab, timer, show]);
const withWarning = JSON.stringify([tab, { ...timer, wires: [['gone']] }, show]);

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-lint-'));
	await writeFile(join(folder, 'clean.json'), clean);
	await writeFile(join(folder, 'warning.json'), withWarning);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('flowferry lint', () => {
	it('finds nothing and ends with 0', async () => {
		expect(await flowferry(['lint', 'clean.json'])).toMatchObject({
			stdout: expect.stringMatching(
				/^Cutover\n {2}"Plant": gated \(not overlap: Each instance fires[^\n]+\)\n\nno findings: 3 nodes in 1 flow of clean\.json, judged for hot-spare\n$/,
			),
			stderr: '',
			status: 0,
		});
	});

	it('shows what it finds for the other mode and ends with 1', async () => {
		const { stdout, stderr, status } = await flowferry(['lint', 'clean.json', '--mode', 'load-balanced']);
		expect(stdout).toMatch(/^Flow "Plant"\n {2}error {4}inject "Every 5 s" {2}tick\n {11}Each instance fires every 5 s/);
		expect(stdout).toMatch(/\n\n1 error, 0 warnings, 0 infos: 3 nodes in 1 flow of clean\.json, judged for load-balanced\n$/);
		expect([stderr, status]).toEqual(['', 1]);
	});

	it('reads standard input', async () => {
		const { stdout, status } = await flowferry(['lint', '-'], clean);
		expect([stdout, status]).toEqual([
			expect.stringMatching(/\n\nno findings: 3 nodes in 1 flow of standard input, judged for hot-spare\n$/),
			0,
		]);
	});

	it('takes an empty flow', async () => {
		expect((await flowferry(['lint', '-'], '[]')).stdout).toBe('no findings: 0 nodes in 0 flows of standard input, judged for hot-spare\n');
	});

	it.each([[['--format', 'json']], [['--json']], [['--json', '--format', 'json']]])('prints one JSON document with %j', async (flags) => {
		const { stdout, stderr, status } = await flowferry(['lint', 'clean.json', '--mode', 'load-balanced', ...flags]);
		expect(JSON.parse(stdout)).toMatchObject({
			version: 1,
			mode: 'load-balanced',
			findings: [
				expect.objectContaining({
					rule: 'timer-on-every-instance',
					family: 'timers',
					severity: 'error',
					confidence: 'medium',
					nodeId: 'tick',
					nodeType: 'inject',
					nodeName: 'Every 5 s',
					flowId: 'tab',
					flowLabel: 'Plant',
					message: expect.stringContaining('every 5 s'),
					remediation: expect.stringContaining('hot-spare'),
					docs: 'docs/rules/timer-on-every-instance.md',
					file: 'clean.json',
					line: 1,
					column: expect.any(Number),
					fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
				}),
			],
			summary: { nodes: 3, flows: 1, errors: 1, warnings: 0, infos: 0 },
			verdicts: [expect.objectContaining({ flowId: 'tab', flowLabel: 'Plant', file: 'clean.json', notReady: true })],
			files: ['clean.json'],
			omitted: { suppressed: 0, baseline: 0, unchanged: 0, confidence: 0 },
			stale: [],
			failures: ['there are findings at or above error'],
		});
		expect([stderr, status]).toEqual(['', 1]);
	});

	it.each([
		['error', 0],
		['warning', 1],
		['info', 1],
		['never', 0],
	])('of a warning ends by --fail-on %s with %d', async (failOn, expected) => {
		const { stdout, status } = await flowferry(['lint', 'warning.json', '--fail-on', failOn]);
		expect(stdout).toContain('0 errors, 1 warning, 0 infos');
		expect(status).toBe(expected);
	});

	it('of an error ends with 0 where nothing shall fail', async () => {
		expect((await flowferry(['lint', 'clean.json', '--mode', 'load-balanced', '--fail-on', 'never'])).status).toBe(0);
	});
});

describe('flowferry lint refuses', () => {
	it.each([
		['what is not JSON', '[{"id":\n', 'standard input is not JSON: line 2, column 1: the text ends where a value should follow'],
		['what is not an array', '{"$":"x"}', 'standard input holds an object, not an array of nodes'],
		['a node without id', '[{"type":"tab"}]', 'standard input: the entry with index 0 (type "tab") has no id'],
		['a node without type', '[{"id":"a"}]', 'standard input: the node "a" (index 0) has no type'],
		[
			'an id twice',
			'[{"id":"a","type":"tab"},{"id":"a","type":"tab"}]',
			'standard input: the entries with index 0 and 1 both have the id "a"',
		],
		['nothing at all', '', 'standard input is empty'],
	])('%s', async (_name, stdin, message) => {
		const { stdout, stderr, status } = await flowferry(['lint', '-'], stdin);
		expect(stderr).toMatch(/^flowferry: .*\n {2}→ .*\n$/);
		expect(stderr).toContain(`flowferry: ${message}\n`);
		expect([stdout, status]).toEqual(['', 2]);
	});

	it('bad input in JSON as well', async () => {
		const { stdout, stderr, status } = await flowferry(['lint', '-', '--json'], '7');
		expect(JSON.parse(stdout)).toEqual({
			error: {
				code: 'FLOWS_NOT_ARRAY',
				message: 'standard input holds a number, not an array of nodes',
				hint: expect.any(String),
				exitStatus: 2,
			},
		});
		expect([stderr, status]).toEqual(['', 2]);
	});

	it.each([
		['a file that is not there', ['gone.json'], 'flowferry: There is no file gone.json\n  → '],
		['a folder without flows', ['.'], 'has no flow file\n  → Name the flow file itself: flows.json\n'],
		['a pattern that nothing fits', ['*.flow'], 'flowferry: No file fits *.flow\n  → '],
		['an unknown mode', ['clean.json', '--mode', 'cold'], 'Expected --mode=cold to be one of: hot-spare, load-balanced'],
		['an unknown threshold', ['clean.json', '--fail-on', 'all'], 'Expected --fail-on=all to be one of: error, warning, info, never'],
		['an unknown flag', ['clean.json', '--nope'], 'Nonexistent flag: --nope'],
	])('%s', async (_name, args, message) => {
		const { stdout, stderr, status } = await flowferry(['lint', ...args]);
		expect(stderr).toContain(message);
		expect([stdout, status]).toEqual(['', 2]);
	});
});

it('judges a file of 20 MB', async () => {
	const count = 40_000;
	const code = `// ${'padding '.repeat(50)}\nflow.set('n', (flow.get('n') || 0) + 1);\nreturn msg;`;
	const nodes = Array.from({ length: count }, (_, index) => ({
		id: `f${index}`,
		type: 'function',
		z: 'tab',
		func: code,
		x: 1,
		y: 1,
		wires: [[`f${index + 1}`]],
	}));
	const text = JSON.stringify([tab, { ...timer, wires: [['f0']] }, ...nodes, { ...show, id: `f${count}` }]);
	expect(text.length).toBeGreaterThan(20_000_000);
	await writeFile(join(folder, 'large.json'), text);
	const { stdout, stderr, status } = await flowferry(['lint', 'large.json', '--format', 'json']);
	expect(stderr).toBe('');
	expect(JSON.parse(stdout).summary).toEqual({ nodes: count + 3, flows: 1, errors: 0, warnings: count, infos: 0 });
	expect(status).toBe(0);
}, 120_000);
