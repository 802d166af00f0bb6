import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDevSource } from '../../../src/lib/node-red/open-dev-source.ts';
import { sealCredentials } from '../../../src/lib/node-red/sealed-credentials.ts';
import { captureSnapshot } from '../../../src/lib/snapshot/capture.ts';
import { sampleFlows } from '../../support/snapshots.ts';
import { testVault } from '../../support/vault.ts';

const PASSPHRASE = 'correct horse battery staple';
const broker = { id: 'b1', type: 'mqtt-broker', name: '', broker: 'localhost' };
const credentials = { b1: { user: 'plant', password: 'pw-of-the-dev' } };

describe('a git ref', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-repository-'));
		git('init', '--quiet', '--initial-branch=main');
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	const git = (...args: string[]) =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, encoding: 'utf8' }).trim();
	const commit = async (files: Record<string, unknown>) => {
		for (const [name, content] of Object.entries(files)) {
			await mkdir(dirname(join(folder, name)), { recursive: true });
			await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
		}
		git('add', '--all');
		git('commit', '--quiet', '--message', 'a commit');
		return git('rev-parse', 'HEAD');
	};
	const capture = async (dev: object = {}, passphrase: string | null = null) =>
		captureSnapshot(openDevSource({ repository: folder, ref: 'HEAD', ...dev }, process.env), {
			message: '',
			author: 'Ada <a@example.org>',
			now: () => new Date(0),
			vault: testVault(passphrase),
			given: {},
		});

	it('gives flows, exact versions and Node-RED, as they were at that commit', async () => {
		const first = await commit({
			'flows.json': sampleFlows,
			'package.json': { dependencies: { 'node-red': '4.1.2', 'node-red-contrib-a': '~1.2.0', 'node-red-contrib-b': '3.0.1' } },
			'package-lock.json': { lockfileVersion: 3, packages: { 'node_modules/node-red-contrib-a': { version: '1.2.9' } } },
			'settings.js': "module.exports = { httpNodeRoot: '/api' }",
		});
		git('tag', 'v1');
		await commit({ 'flows.json': [], 'package.json': {} });
		const { snapshot, warnings } = await capture({ ref: 'v1' });
		expect(snapshot).toMatchObject({
			source: { kind: 'git', path: folder, ref: 'v1', commit: first, flowFile: 'flows.json' },
			content: {
				nodeRed: { version: '4.1.2' },
				palette: [
					{ name: 'node-red-contrib-a', version: '1.2.9', types: [] },
					{ name: 'node-red-contrib-b', version: '3.0.1', types: [] },
				],
			},
			runtime: { node: null, settings: { httpNodeRoot: '/api' } },
		});
		expect(snapshot.content.flows).toHaveLength(sampleFlows.length);
		expect(warnings).toEqual([]);
		expect(git('status', '--porcelain')).toBe('');
	});

	it("may be a Node-RED project's, bare, with its credentials", async () => {
		await commit({
			'package.json': { 'node-red': { settings: { flowFile: 'plant.json', credentialsFile: 'keys/plant_cred.json' } } },
			'plant.json': [...sampleFlows, broker],
			'keys/plant_cred.json': sealCredentials(credentials, 'of the project'),
		});
		const bare = `${folder}-bare`;
		git('clone', '--quiet', '--bare', '.', bare);
		try {
			const dev = { repository: bare, ref: 'main', credentialSecret: 'of the project' };
			const vault = testVault(PASSPHRASE);
			const { snapshot, warnings } = await capture(dev, PASSPHRASE);
			expect(snapshot.content.credentials).toEqual({ b1: { names: ['password', 'user'], mark: expect.any(String) } });
			expect(await vault.open({ snapshot: '', marks: snapshot.content.credentials!, sealed: snapshot.sealed! })).toEqual(credentials);
			expect(warnings).toEqual([expect.stringContaining('does not ask for node-red')]);
			await expect(capture({ ...dev, credentialSecret: 'another' }, PASSPHRASE)).rejects.toMatchObject({
				code: 'DEV_CREDENTIALS_UNREADABLE',
			});
			await expect(capture({ repository: bare, ref: 'main' }, PASSPHRASE)).rejects.toMatchObject({
				code: 'DEV_CREDENTIALS_UNREADABLE',
				message: expect.stringContaining('its secret was not found'),
			});
		} finally {
			await rm(bare, { recursive: true });
		}
	});

	it('may stand in a folder of a larger repository', async () => {
		await commit({ 'plant/flows.json': sampleFlows, 'plant/package.json': { dependencies: { 'node-red': '5.0.7' } }, 'package.json': '{' });
		const { snapshot } = await capture({ repository: join(folder, 'plant') });
		expect(snapshot.content.flows).toHaveLength(sampleFlows.length);
	});

	it('names the module whose version it does not pin', async () => {
		await commit({ 'flows.json': sampleFlows, 'package.json': { dependencies: { 'node-red-contrib-a': '^1.2.0' } } });
		await expect(capture()).rejects.toMatchObject({
			code: 'PALETTE_NOT_PINNED',
			message: expect.stringContaining('node-red-contrib-a ^1.2.0'),
			hint: expect.stringContaining('package-lock.json'),
		});
	});

	it('says what is missing', async () => {
		await commit({ 'package.json': {}, 'broken.json': '{' });
		await expect(capture()).rejects.toMatchObject({ code: 'FLOW_FILE_MISSING', message: expect.stringContaining('flows.json at HEAD') });
		await expect(capture({ ref: 'nowhere' })).rejects.toMatchObject({ code: 'GIT_REF_UNKNOWN' });
		await expect(capture({ ref: '--all' })).rejects.toMatchObject({ code: 'GIT_REF_UNKNOWN' });
		await expect(capture({ flowFile: 'broken.json' })).rejects.toMatchObject({ code: 'FLOWS_NOT_JSON' });
		await expect(capture({ repository: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'GIT_FAILED' });
		await commit({ 'package.json': '[]' });
		await expect(capture()).rejects.toMatchObject({ code: 'DEV_REPOSITORY_UNREADABLE' });
	});
});
