import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { parseConfig } from '../../src/lib/config/load.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');
const git = (folder: string, ...args: string[]) =>
	promisify(execFile)('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd: folder });

interface ShellResult {
	status: number | null;
	output: string;
}

/** Runs commands as a shell would, with `flowferry` (also by way of npx) standing for the built program. */
function shell(commands: string, cwd: string, env: Record<string, string> = {}): Promise<ShellResult> {
	const program = `'${process.execPath}' '${join(root, 'bin/run.js')}'`;
	const script = `flowferry() { ${program} "$@"; }\nset -e\n${commands.replaceAll('npx --yes flowferry', 'flowferry')}`;
	const child = spawn('bash', ['-c', script], { cwd, env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...env }, stdio: 'pipe' });
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
	child.stdin.end();
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (status) => resolve({ status, output }));
	});
}

/** No finding fails; one of severity info is there. */
const flows = [
	{ id: 'tab', type: 'tab', label: 'Plant' },
	{ id: 'in', type: 'http in', z: 'tab', url: '/a', method: 'get', x: 1, y: 1, wires: [['out', 'show']] },
	{ id: 'show', type: 'debug', z: 'tab', active: true, x: 1, y: 1, wires: [] },
	{ id: 'out', type: 'http response', z: 'tab', x: 1, y: 1, wires: [] },
];
/** An error, in any mode. */
const broken = [...flows, { id: 'f', type: 'function', z: 'tab', func: 'return (', x: 1, y: 1, wires: [['out']] }];

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-guide-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the guide', () => {
	async function blocks(language: string): Promise<string[]> {
		return Array.from(
			(await read('docs/guides/lint.md')).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms')),
			([, text]) => text as string,
		);
	}

	it('has commands that work', async () => {
		await writeFile(join(folder, 'flows.json'), JSON.stringify(flows, null, 2));
		for (const copy of ['user-dir', 'dev', 'sites/north']) await cp(join(folder, 'flows.json'), join(folder, copy, 'flows.json'));
		await mkdir(join(folder, 'my-project'));
		await cp(join(folder, 'flows.json'), join(folder, 'my-project/plant.json'));
		await writeFile(join(folder, 'my-project/package.json'), '{"node-red":{"settings":{"flowFile":"plant.json"}}}');
		await writeFile(join(folder, 'dev/package.json'), '{}');
		await writeFile(join(folder, 'dev/.config.nodes.json'), '{"node-red":{"name":"node-red","version":"5.0.7","nodes":{}}}');
		await writeFile(join(folder, 'flowferry.yaml'), 'dev: { userDir: dev }\nenvironments: { production: { mode: hot-spare } }\n');
		await git(folder, 'init', '--quiet', '--initial-branch=main');
		await git(folder, 'add', 'flows.json');
		await git(folder, 'commit', '--quiet', '--message=flows');
		await git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
		const { output: id } = await shell('flowferry snapshot --json', folder);
		const lines = (await blocks('sh')).flatMap((block) => block.trim().split('\n'));
		expect(lines.length).toBeGreaterThan(12);
		for (const line of lines) {
			const { status, output } = await shell(line.replace('1a2b3c4d5e6f', JSON.parse(id).id.slice(0, 12)), folder);
			expect([line, output, status]).toEqual([line, expect.stringContaining('flow'), 0]);
		}
		expect(await readFile(join(folder, 'out/lint.html'), 'utf8')).toMatch(/^<!doctype html>/);
	}, 120_000);

	it('shows settings that are valid, and a suppression that is one', async () => {
		const [settings] = await blocks('yaml');
		const config = parseConfig(`dev: { userDir: dev }\nenvironments: { production: { mode: hot-spare } }\n${settings}`, 'guide', {});
		expect(config.lint.overrides).toHaveLength(2);
		const [suppression] = await blocks('text');
		const info = suppression?.replace('once-at-takeover', 'debug-left-active');
		await writeFile(join(folder, 'flows.json'), JSON.stringify(flows.map((node) => (node.id === 'show' ? { ...node, info } : node))));
		await writeFile(join(folder, 'flowferry.yaml'), settings as string);
		const { output } = await shell('flowferry lint flows.json', folder);
		expect(output).toContain('left out: 1 suppressed in the flows');
	});

	it('links to files that there are', async () => {
		const links = Array.from((await read('docs/guides/lint.md')).matchAll(/\]\(([^)]+)\)/g), ([, target]) => target as string);
		expect(links.length).toBeGreaterThan(3);
		for (const link of links) expect(await read(join('docs/guides', link))).not.toBe('');
	});
});

describe('the template for GitHub Actions', () => {
	it('gates, and leaves what its later steps use', async () => {
		const { jobs, permissions } = parse(await read('templates/ci/github-actions.yml'));
		expect(permissions).toEqual({ contents: 'read', 'security-events': 'write' });
		const { env, steps } = jobs.lint;
		const [judge, show] = steps.filter((step: { run?: string }) => step.run);
		const summary = join(folder, 'summary.md');
		for (const [content, expected] of [
			[flows, 0],
			[broken, 1],
		] as const) {
			await writeFile(join(folder, env.FLOWS), JSON.stringify(content));
			expect(await shell(judge.run, folder, env)).toMatchObject({ status: expected });
			expect(await shell(show.run, folder, { ...env, GITHUB_STEP_SUMMARY: summary })).toMatchObject({ status: 0 });
		}
		expect(await readFile(summary, 'utf8')).toMatch(/### flowferry: 0 errors.*### flowferry: 1 error/s);
		const upload = steps.at(-1);
		expect(upload).toMatchObject({
			uses: expect.stringMatching(/^github\/codeql-action\/upload-sarif@/),
			if: expect.stringContaining('always()'),
		});
		const { runs } = JSON.parse(await readFile(join(folder, upload.with.sarif_file), 'utf8'));
		expect(runs[0].results.length).toBeGreaterThan(0);
	}, 30_000);
});

describe('the template for GitLab', () => {
	it('gates, and leaves the reports that it names', async () => {
		const { flowferry: job } = parse(await read('templates/ci/gitlab-ci.yml'));
		await writeFile(join(folder, job.variables.FLOWS), JSON.stringify(broken));
		expect(await shell(job.script.join('\n'), folder, job.variables)).toMatchObject({ status: 1 });
		const { codequality, junit } = job.artifacts.reports;
		expect(JSON.parse(await readFile(join(folder, codequality), 'utf8')).length).toBeGreaterThan(0);
		expect(await readFile(join(folder, junit), 'utf8')).toContain('<testsuites');
		expect(job.artifacts.when).toBe('always');
	});
});

describe('the hook for pre-commit', () => {
	it('judges flow files and nothing else, with what is staged as arguments', async () => {
		const [offered] = parse(await read('.pre-commit-hooks.yaml'));
		const { hooks } = parse(await read('templates/ci/pre-commit-config.yaml')).repos[0];
		expect(hooks[0]).toMatchObject({
			id: offered.id,
			entry: offered.entry,
			files: offered.files,
			exclude: offered.exclude,
			language: 'node',
		});
		const staged = ['flows.json', 'a/flows_host.json', 'flows_cred.json', 'package.json', 'a/myflows.json'];
		const given = staged.filter((file) => new RegExp(offered.files).test(file) && !new RegExp(offered.exclude).test(file));
		expect(given).toEqual(['flows.json', 'a/flows_host.json']);
		await writeFile(join(folder, 'flows.json'), JSON.stringify(flows));
		await mkdir(join(folder, 'a'));
		await writeFile(join(folder, 'a/flows_host.json'), JSON.stringify(broken));
		expect((await shell(`${offered.entry} ${given.join(' ')}`, folder)).status).toBe(1);
		expect((await shell(`${offered.entry} flows.json`, folder)).status).toBe(0);
	});
});
