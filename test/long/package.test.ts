import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const INSTALL_MS = 180_000;

interface Outcome {
	status: number;
	stdout: string;
	stderr: string;
}

describe('the package', () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-package-'));
		// `npm test` has built; packing must not build again under the feet of other tests.
		const packed = await npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
		const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
		await npm(folder, 'init', '--yes');
		await npm(folder, 'install', '--no-audit', '--no-fund', join(folder, filename));
	}, INSTALL_MS);
	afterAll(() => rm(folder, { recursive: true, force: true }));

	const bin = () => join(folder, 'node_modules/.bin/flowferry');
	const runJs = () => join(folder, 'node_modules/flowferry/bin/run.js');

	it('brings what runs and what is read, and no sources or tests', async () => {
		const entries = (await readdir(join(folder, 'node_modules/flowferry'))).sort();
		expect(entries).toEqual(expect.arrayContaining(['LICENSE', 'bin', 'dist', 'docs', 'package.json', 'templates']));
		for (const absent of ['src', 'test', 'demo', 'node_modules/node']) expect(entries).not.toContain(absent);
	});

	it('says its version, and no more, in any NODE_ENV', async () => {
		const { status, stdout, stderr } = await run(bin(), ['--version'], folder, '', { ...process.env, NODE_ENV: 'development' });
		expect(status).toBe(0);
		expect(stderr).toBe('');
		expect(stdout).toMatch(/^flowferry\/\d+\.\d+\.\d+ /);
	});

	it('lints what comes in on stdin', async () => {
		const sound = await run(bin(), ['lint', '-', '--mode', 'hot-spare', '--format', 'json'], folder, flowsWith([]));
		expect(sound.stderr).toBe('');
		expect(sound.status).toBe(0);
		expect(JSON.parse(sound.stdout)).toMatchObject({ version: 1, mode: 'hot-spare', findings: [], summary: { nodes: 2, flows: 1 } });

		const faulty = await run(
			bin(),
			['lint', '-', '--mode', 'hot-spare', '--format', 'json', '--fail-on', 'info'],
			folder,
			flowsWith(['x']),
		);
		expect(faulty.status).not.toBe(0);
	});

	it('reads no module that only a checkout has', async () => {
		// A copy beyond the reach of any other node_modules.
		const lonely = await mkdtemp(join(tmpdir(), 'flowferry-lonely-'));
		try {
			await cp(join(folder, 'node_modules'), join(lonely, 'node_modules'), { recursive: true, verbatimSymlinks: true });
			const { status, stdout } = await run(join(lonely, 'node_modules/.bin/flowferry'), ['--help'], lonely);
			expect(status).toBe(0);
			for (const command of ['init', 'lint', 'plan', 'promote', 'rollback', 'snapshot', 'status', 'up', 'down']) {
				expect(stdout).toContain(command);
			}
		} finally {
			await rm(lonely, { recursive: true, force: true });
		}
	});

	const refusal = /^flowferry needs Node\.js 22\.19 or later; this is \S+ \(.+\)\.\nInstall a current Node\.js \(https:\/\/nodejs\.org\)/;

	it('tells a Node that says it is old what it needs, and exits 2', async () => {
		const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.18.0" } })';
		const { status, stdout, stderr } = await run(
			process.execPath,
			['--import', `data:text/javascript,${older}`, runJs(), '--version'],
			folder,
		);
		expect(stderr).toMatch(refusal);
		expect(stdout).toBe('');
		expect(status).toBe(2);
	});

	const oldNode = findOldNode();
	if (oldNode === undefined) process.stderr.write('\n!!! No Node.js older than 22.19 on PATH: only a pretended one meets the package\n\n');
	(oldNode === undefined ? it.skip : it)('tells a Node that is old what it needs, and exits 2', async () => {
		const { status, stdout, stderr } = await run(oldNode!, [runJs(), 'lint', '-'], folder);
		expect(stderr).toMatch(refusal);
		expect(stdout).toBe('');
		expect(status).toBe(2);
	});
});

/** One tab with one comment, and whatever wires lead nowhere. */
function flowsWith(wires: string[]): string {
	return JSON.stringify([
		{ id: 'a1', type: 'tab', label: 'Line 1' },
		{ id: 'a2', type: 'comment', z: 'a1', name: '', x: 10, y: 10, wires: wires.length > 0 ? [wires] : [] },
	]);
}

async function npm(cwd: string, ...args: string[]): Promise<Outcome> {
	// What `npm test` has set for its own scripts would send this one to the checkout.
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_(local_)?prefix)/.test(name)),
	);
	const outcome = await run('npm', args, cwd, '', env);
	if (outcome.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${outcome.stderr}`);
	return outcome;
}

function run(file: string, args: string[], cwd: string, stdin = '', env = process.env): Promise<Outcome> {
	return new Promise((resolve) => {
		const child = execFile(file, args, { cwd, env: { ...env, NO_COLOR: '1' } }, (error, stdout, stderr) => {
			resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
		});
		child.stdin?.on('error', () => {});
		child.stdin?.end(stdin);
	});
}

/** A Node of the machine's own that is too old for the package. */
function findOldNode(): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
	return [...folders, '/usr/local/bin', '/usr/bin'].map((entry) => join(entry, 'node')).find(isOldNode);
}

function isOldNode(path: string): boolean {
	try {
		const [major, minor] = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.').map(Number);
		return major! < 22 || (major === 22 && minor! < 19);
	} catch {
		return false;
	}
}
