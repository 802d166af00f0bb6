import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';
import { packFolder } from '../../src/lib/bundle/archive.ts';
import { runCli } from '../support/cli.ts';
import { sampleFlows } from '../support/snapshots.ts';

let folder: string;
const flowferry = (...args: string[]) => runCli(args, { cwd: folder });
/** Without packages, so that npm is not asked. */
const createBundle = (...args: string[]) => flowferry('bundle', 'create', '--out', 'plant.bundle', '--without-node-red', ...args);

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry bundle '));
	await mkdir(join(folder, 'red'));
	await writeFile(join(folder, 'red/flows.json'), JSON.stringify(sampleFlows));
	await writeFile(join(folder, 'flowferry.yaml'), 'dev: { userDir: red }\nenvironments: { production: { mode: hot-spare } }\n');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a bundle', () => {
	it('is written whole, says what it holds, and is taken in once', async () => {
		const created = (await createBundle('--json')).json();
		expect(created).toMatchObject({ file: 'plant.bundle', packages: 0, nodeRed: false, plan: false, installScripts: [] });
		expect((await readdir(folder)).filter((name) => name.includes('bundle'))).toEqual(['plant.bundle']);

		const verified = await flowferry('bundle', 'verify', 'plant.bundle');
		expect(verified).toMatchObject({ status: 0, stderr: '' });
		expect(verified.stdout).toContain(`Sound: plant.bundle (0.0 MB)\n  snapshot  ${created.snapshot.slice(0, 12)}\n`);

		const other = join(folder, 'other');
		await mkdir(other);
		await writeFile(join(other, 'flowferry.yaml'), 'environments: { production: { mode: hot-spare } }\n');
		const take = () => runCli(['bundle', 'import', '../plant.bundle', '--json'], { cwd: other });
		expect((await take()).json()).toMatchObject({ snapshot: created.snapshot, created: true });
		expect((await take()).json()).toMatchObject({ snapshot: created.snapshot, created: false });
		const shown = await runCli(['snapshot', 'show', created.snapshot.slice(0, 7), '--json'], { cwd: other });
		expect(shown.json()).toMatchObject({ id: created.snapshot });
	});

	it('holds credentials sealed, and nowhere in a form that could be read', async () => {
		const secret = 'pw-3f9a1c-plant';
		const flows = sampleFlows.map((node) => (node.id === 'n1' ? { ...node, credentials: { password: secret } } : node));
		await writeFile(join(folder, 'red/flows.json'), JSON.stringify(flows));
		const env = { FLOWFERRY_PASSPHRASE: 'correct horse battery' };
		const created = await runCli(['bundle', 'create', '--out', 'plant.bundle', '--without-node-red', '--json'], { cwd: folder, env });
		const bytes = await readFile(join(folder, 'plant.bundle'));
		expect(bytes.includes('BEGIN AGE ENCRYPTED FILE')).toBe(true);
		const forms = [secret, env.FLOWFERRY_PASSPHRASE].flatMap((text) =>
			(['base64', 'base64url', 'hex', 'latin1'] as const).map((encoding) => Buffer.from(text).toString(encoding)),
		);
		for (const form of forms) {
			expect(bytes.includes(form)).toBe(false);
			expect(created.stdout + created.stderr).not.toContain(form);
		}
	});

	it('takes the place of an earlier one, and the same snapshot gives the same files', async () => {
		const first = (await createBundle('--json')).json();
		expect((await createBundle('--json')).json().snapshot).toBe(first.snapshot);
		expect(await readdir(folder)).toEqual(expect.arrayContaining(['plant.bundle', 'red', 'flowferry.yaml']));
	});

	it('of a module that npm does not have is not written, and an earlier one stays', async () => {
		await createBundle();
		const before = await readFile(join(folder, 'plant.bundle'));
		const dependencies = { 'flowferry-no-such-module': '1.0.0' };
		await writeFile(join(folder, 'red/package.json'), JSON.stringify({ name: 'red', dependencies }));
		const { status, stderr } = await createBundle();
		expect(status).toBe(2);
		expect(stderr).toContain('flowferry-no-such-module');
		expect(await readFile(join(folder, 'plant.bundle'))).toEqual(before);
		expect((await readdir(folder)).filter((name) => name.startsWith('.plant'))).toEqual([]);
	});

	it('cannot be written where there is no folder', async () => {
		const { status, stderr } = await flowferry('bundle', 'create', '--out', 'nowhere/plant.bundle', '--without-node-red');
		expect(status).toBe(2);
		expect(stderr).toContain('There is no folder nowhere');
		const inFolder = await flowferry('bundle', 'create', '--out', 'red', '--without-node-red');
		expect(inFolder).toMatchObject({ status: 2, stderr: expect.stringContaining('red is a folder') });
	});
});

describe('a bundle with a plan', () => {
	beforeEach(async () => {
		expect(await flowferry('plan', 'production', '--out', 'plan.json')).toMatchObject({ status: 0 });
	});

	it('holds the snapshot of the plan, and no other', async () => {
		const { plan } = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'));
		const created = await flowferry('bundle', 'create', '--out', 'plant.bundle', '--without-node-red', '--plan', 'plan.json', '--json');
		expect(created.json()).toMatchObject({ plan: true, snapshot: plan.snapshot });

		await writeFile(join(folder, 'red/flows.json'), JSON.stringify(sampleFlows.map((node) => ({ ...node, info: 'another' }))));
		const other = await createBundle('--plan', 'plan.json', 'dev', '--json');
		expect(other.json().error).toMatchObject({ code: 'BUNDLE_PLAN_OTHER', exitStatus: 2 });
		expect((await createBundle('--plan', 'none.json', '--json')).json().error).toMatchObject({ code: 'PLAN_FILE_MISSING' });
	});

	it('applies it where it was made, and makes one anew elsewhere', async () => {
		await createBundle('--plan', 'plan.json');
		// Both go as far as to ask.
		const here = await flowferry('promote', 'production', '--bundle', 'plant.bundle');
		expect(here.stderr).toContain('this changes production, and nobody can be asked here');
		expect(here.stderr).not.toContain('its plan was made for');
		await writeFile(
			join(folder, 'flowferry.yaml'),
			'dev: { userDir: red }\nenvironments: { production: { mode: hot-spare, directory: elsewhere } }\n',
		);
		const elsewhere = await flowferry('promote', 'production', '--bundle', 'plant.bundle');
		expect(elsewhere.stderr).toContain('its plan was made for production at another place');
		expect(elsewhere.stderr).toContain('this changes production, and nobody can be asked here');
	});

	it('is refused where it was made, and something has changed since', async () => {
		await createBundle('--plan', 'plan.json');
		await writeFile(
			join(folder, 'flowferry.yaml'),
			'dev: { userDir: red }\nenvironments: { production: { mode: hot-spare, keep: none } }\n',
		);
		const { json } = await flowferry('promote', 'production', '--bundle', 'plant.bundle', '--yes', '--json');
		expect(json().error).toMatchObject({ code: 'PLAN_STALE', exitStatus: 6, message: expect.stringContaining('keep') });
	});
});

describe('a bundle that cannot be trusted', () => {
	/** Unpacks the sound one, has it changed, and packs it again. */
	async function forge(change: (content: string) => Promise<void>): Promise<void> {
		await createBundle();
		const content = join(folder, 'content');
		await mkdir(content);
		await extract({ file: join(folder, 'plant.bundle'), cwd: content });
		await change(content);
		await packFolder(content, join(folder, 'plant.bundle'), 'bundle.json');
	}
	const edit = async (file: string, from: string, to: string) => {
		const text = await readFile(file, 'utf8');
		expect(text).toContain(from);
		await writeFile(file, text.replace(from, to));
	};

	/** [what, how it came about, what the error says] */
	const cases: [string, () => Promise<unknown>, string][] = [
		['is not there', async () => {}, 'There is no bundle plant.bundle'],
		['is a folder', () => mkdir(join(folder, 'plant.bundle')), 'plant.bundle is no bundle'],
		['is empty', () => writeFile(join(folder, 'plant.bundle'), ''), 'The bundle plant.bundle is damaged: '],
		['is something else', () => writeFile(join(folder, 'plant.bundle'), 'x'.repeat(5000)), 'The bundle plant.bundle is damaged: '],
		[
			'was cut short',
			async () => {
				await createBundle();
				const whole = await readFile(join(folder, 'plant.bundle'));
				await writeFile(join(folder, 'plant.bundle'), whole.subarray(0, 2000));
			},
			'The bundle plant.bundle is damaged: ',
		],
		[
			'has a changed snapshot',
			() => forge((content) => edit(join(content, 'snapshot.json'), '"seen"', '"sein"')),
			'snapshot.json has been changed',
		],
		['lacks a file', () => forge((content) => rm(join(content, 'snapshot.json'))), 'snapshot.json is missing'],
		['has a file more', () => forge((content) => writeFile(join(content, 'more.txt'), 'x')), 'more.txt was added to it'],
		['has no manifest', () => forge((content) => writeFile(join(content, 'bundle.json'), '{}')), 'plant.bundle is no bundle'],
		[
			'has a manifest that is no JSON',
			() => forge((content) => writeFile(join(content, 'bundle.json'), '{')),
			'bundle.json is not the JSON that was written',
		],
		[
			'has a manifest that says too little',
			() => forge((content) => edit(join(content, 'bundle.json'), '"files"', '"fails"')),
			"bundle.json does not say what a bundle's does",
		],
		[
			'is of another version',
			() => forge((content) => edit(join(content, 'bundle.json'), '"version": 1', '"version": 9')),
			'is a bundle of version 9',
		],
		[
			'has a file that leads elsewhere',
			async () => {
				const content = join(folder, 'content');
				await mkdir(content);
				await symlink('/etc/hostname', join(content, 'bundle.json'));
				await create({ file: join(folder, 'plant.bundle'), cwd: content }, ['bundle.json']);
			},
			'it holds bundle.json, which is no plain file of a bundle',
		],
		[
			'has a file outside of it',
			async () => {
				await mkdir(join(folder, 'content'));
				await writeFile(join(folder, 'outside.txt'), 'x');
				await create({ file: join(folder, 'plant.bundle'), cwd: join(folder, 'content'), preservePaths: true }, ['../outside.txt']);
			},
			'it holds ../outside.txt, which is no plain file of a bundle',
		],
	];
	it.each(cases)('%s: nothing of it is used', async (_, make, message) => {
		await make();
		const result = await flowferry('bundle', 'import', 'plant.bundle');
		expect(result).toMatchObject({ status: 2, stdout: '' });
		expect(result.stderr).toContain(message);
		expect(result.stderr).toContain('\n  → ');
		expect(existsSync(join(folder, '.flowferry/snapshots'))).toBe(false);
		expect(existsSync(join(folder, '.flowferry/packages'))).toBe(false);
	});
});

describe('the seal of a bundle', () => {
	const withPassphrase = (passphrase: string, ...args: string[]) =>
		runCli(args, { cwd: folder, env: passphrase === '' ? {} : { FLOWFERRY_PASSPHRASE: passphrase } });
	const take = (passphrase: string, ...flags: string[]) =>
		withPassphrase(passphrase, 'bundle', 'import', 'plant.bundle', ...flags, '--json');
	const seal = async () =>
		await withPassphrase('correct horse battery', 'bundle', 'create', '--out', 'plant.bundle', '--without-node-red', '--json');

	it('tells whether whoever wrote it had the passphrase', async () => {
		expect((await seal()).json()).toMatchObject({ seal: 'checked' });
		expect((await take('correct horse battery')).json()).toMatchObject({ seal: 'checked' });
		expect((await take('')).json()).toMatchObject({ seal: 'unchecked' });
		expect((await take('another horse altogether')).json().error).toMatchObject({ code: 'BUNDLE_SEAL_WRONG', exitStatus: 2 });
		const shown = await withPassphrase('correct horse battery', 'bundle', 'verify', 'plant.bundle');
		expect(shown.stdout).toContain('  seal      by the passphrase that is set here\n');
		expect(shown.stdout).not.toContain('correct horse');
	});

	it('is broken by a change, also one whose checksums fit', async () => {
		await seal();
		const content = join(folder, 'content');
		await mkdir(content);
		await extract({ file: join(folder, 'plant.bundle'), cwd: content });
		const manifest = JSON.parse(await readFile(join(content, 'bundle.json'), 'utf8'));
		await writeFile(join(content, 'bundle.json'), JSON.stringify({ ...manifest, by: 'Mallory <mallory@example.org>' }));
		await packFolder(content, join(folder, 'plant.bundle'), 'bundle.json');
		expect((await take('correct horse battery')).json().error).toMatchObject({ code: 'BUNDLE_SEAL_WRONG' });
	});

	it('is asked for where there is a passphrase, unless told otherwise', async () => {
		await createBundle();
		expect((await take('correct horse battery')).json().error).toMatchObject({ code: 'BUNDLE_UNSEALED', exitStatus: 2 });
		expect(existsSync(join(folder, '.flowferry/packages'))).toBe(false);
		expect((await take('correct horse battery', '--allow-unsealed')).json()).toMatchObject({ seal: 'none' });
		expect((await take('')).json()).toMatchObject({ seal: 'none', created: false });
	});
});
