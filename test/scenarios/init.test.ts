import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { loadConfig } from '../../src/lib/config/load.ts';
import { runCli } from '../support/cli.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry init '));
});
afterEach(() => rm(folder, { recursive: true }));

const init = (...args: string[]) => runCli(['init', ...args], { cwd: folder, env: { HOME: folder } });
const read = (name: string) => readFile(join(folder, name), 'utf8');
const written = async () => (await loadConfig(join(folder, 'flowferry.yaml'), { HOME: folder })).config;

describe('flowferry init', () => {
	it('asks nothing without a terminal, and writes what works on one machine', async () => {
		const { status, stdout, stderr } = await init();
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toBe(
			[
				`Wrote ${join(folder, 'flowferry.yaml')}`,
				`Wrote ${join(folder, '.flowferry/flowferry.schema.json')}`,
				'',
				'Next:',
				'  flowferry snapshot  take a snapshot of the dev Node-RED',
				'  flowferry plan      see what a promotion would do, and what it would cost',
				'  flowferry promote   carry the snapshot to the environment',
				'',
			].join('\n'),
		);
		expect(await written()).toMatchObject({ dev: { url: 'http://localhost:1880' }, environments: { production: { mode: 'hot-spare' } } });
	});

	it('links a schema that is there', async () => {
		await init();
		const link = /^# yaml-language-server: \$schema=(\S+)$/m.exec(await read('flowferry.yaml'))?.[1];
		expect(JSON.parse(await read(link!)).properties).toHaveProperty('environments');
	});

	it.each([
		[['--dev-url', 'https://dev.example:1880/admin'], { url: 'https://dev.example:1880/admin' }, '  url: https://dev.example:1880/admin'],
		[['--user-dir', 'red: #1'], { userDir: expect.stringMatching(/init .*\/red: #1$/) }, '  userDir: "red: #1"'],
		[['--user-dir', '/var/lib/node-red'], { userDir: '/var/lib/node-red' }, '  userDir: /var/lib/node-red'],
	])('takes the dev Node-RED from %j', async (flags, dev, line) => {
		expect((await init(...flags, '--environment', 'staging', '--mode', 'load-balanced')).status).toBe(0);
		expect(await written()).toMatchObject({ dev, environments: { staging: { mode: 'load-balanced' } } });
		expect(await read('flowferry.yaml')).toContain(`\n${line}\n`);
	});

	it('has production run in containers or pods where that is asked for', async () => {
		expect((await init('--target', 'docker')).status).toBe(0);
		expect(await written()).toMatchObject({ environments: { production: { mode: 'hot-spare', target: 'docker', port: 8080 } } });
		expect((await init('--force', '--target', 'kubernetes')).status).toBe(0);
		expect(await written()).toMatchObject({ environments: { production: { mode: 'hot-spare', target: 'kubernetes', port: 8080 } } });
		const { stderr } = await init('--force', '--target', 'podman');
		expect(stderr).toContain('Expected --target=podman to be one of: process, docker, kubernetes');
	});

	it('writes ~ for the home that the shell has put in', async () => {
		await init('--user-dir', join(folder, '.node-red'));
		expect(await read('flowferry.yaml')).toContain('userDir: ~/.node-red\n');
		expect(await written()).toMatchObject({ dev: { userDir: join(folder, '.node-red') } });
	});

	it('never overwrites, but with --force', async () => {
		await writeFile(join(folder, 'flowferry.yaml'), 'mine');
		const { status, stderr } = await init('--yes');
		expect(status).toBe(2);
		expect(stderr).toBe('flowferry: There is a configuration already: flowferry.yaml\n  → Edit that one, or write it anew with --force.\n');
		expect(await read('flowferry.yaml')).toBe('mine');
		expect((await init('--force')).status).toBe(0);
		await written();
	});

	it('has git ignore its state, once, keeping what is there', async () => {
		await promisify(execFile)('git', ['init', '--quiet', folder]);
		await writeFile(join(folder, '.gitignore'), 'node_modules');
		expect((await init()).stdout).toContain('.gitignore');
		expect((await init('--force')).stdout).not.toContain('.gitignore');
		expect(await read('.gitignore')).toBe('node_modules\n.flowferry/\n');
	});

	it.each([
		[['--dev-url', 'localhost:1880'], /dev\.url: must be an http or https address/],
		[['--dev-url', 'http://user:s3cret@dev'], /must not hold a user or a password/],
		[['--environment', 'My Prod'], /is not a name for an environment/],
		[['--dev-url', 'http://a', '--user-dir', 'b'], /--user-dir=b cannot also be provided/],
		[['--mode', 'cold'], /Expected --mode=cold to be one of: hot-spare, load-balanced/],
	])('writes nothing for %j', async (flags, message) => {
		const { status, stderr } = await init(...flags);
		expect(status).toBe(2);
		expect(stderr).toMatch(message);
		expect(stderr).not.toContain('s3cret');
		await expect(read('flowferry.yaml')).rejects.toMatchObject({ code: 'ENOENT' });
	});

	it('says where it could not write', async () => {
		await mkdir(join(folder, 'flowferry.yaml'));
		const { status, stderr } = await init('--force');
		expect(status).toBe(2);
		expect(stderr).toContain(`could not be written in ${folder} (EISDIR)`);
	});

	it('gives its result as JSON', async () => {
		const { status, json } = await init('--json');
		expect(status).toBe(0);
		expect(json()).toEqual({
			path: join(folder, 'flowferry.yaml'),
			written: [join(folder, 'flowferry.yaml'), join(folder, '.flowferry/flowferry.schema.json')],
		});
	});
});
