import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { DevConfig } from '../../src/lib/config/dev.ts';
import { openAdminApi } from '../../src/lib/node-red/admin-api.ts';
import { openDevSource } from '../../src/lib/node-red/open-dev-source.ts';
import { captureSnapshot } from '../../src/lib/snapshot/capture.ts';
import type { RunningNodeRed } from '../support/node-red.ts';
import { startNodeRed } from '../support/node-red.ts';
import { sampleFlows } from '../support/snapshots.ts';
import { testVault } from '../support/vault.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

/** bcrypt of `correct horse`. */
const PASSWORD_HASH = '$2b$08$RwXLy6yZVsHqZ/OqI4ElQeYxeED3HkNxXxwfWNlNW0bHKcRax7DDG';
const facts = { message: '', author: 'Ada <a@example.org>', now: () => new Date(), vault: testVault(), given: {} };
const capture = (dev: DevConfig) => captureSnapshot(openDevSource(dev), facts);

describe.each([5, 4] as const)('a dev Node-RED %i', (version) => {
	const major = new RegExp(`^${version}\\.\\d+\\.\\d+$`);
	let nodeRed: RunningNodeRed;

	describe('that anybody may read', () => {
		beforeAll(async () => {
			const flows = [
				...sampleFlows,
				{ id: 'f', type: 'function', z: 't1', func: 'return msg', outputs: 1, libs: [{ var: 'fs', module: 'fs' }], wires: [[]] },
			];
			nodeRed = await startNodeRed({ version, flows, prepare: installPaletteModule });
		});
		afterAll(() => nodeRed.stop());

		it('is read by its admin API', async () => {
			const { snapshot, warnings } = await capture({ url: nodeRed.url });
			expect(snapshot.source).toEqual({ kind: 'admin-api', url: nodeRed.url, rev: expect.stringMatching(/^[0-9a-f]{64}$/) });
			expect(snapshot.content.nodeRed.version).toMatch(major);
			expect(snapshot.content.flows.map((node) => node.id)).toEqual(['t1', 'f', 'n1', 'n2']);
			expect(snapshot.content.palette).toEqual([{ name: 'red-sample', version: '1.2.3', types: ['sample-a', 'sample-b'] }]);
			expect(warnings).toEqual([]);
		});

		it('gives the same snapshot by its user directory', async () => {
			const byApi = await capture({ url: nodeRed.url });
			const byFolder = await capture({ userDir: nodeRed.userDir });
			expect(byFolder.snapshot.content).toEqual(byApi.snapshot.content);
			expect(byFolder.snapshot.id).toBe(byApi.snapshot.id);
			expect(byFolder.snapshot.source).toEqual({ kind: 'user-dir', path: nodeRed.userDir, flowFile: 'flows.json' });
		});

		it('is not found at a wrong admin root', async () => {
			await expect(capture({ url: `${nodeRed.url}/red` })).rejects.toMatchObject({
				code: 'DEV_NOT_NODE_RED',
				hint: expect.stringContaining('httpAdminRoot'),
			});
		});

		it('names libraries whose version it does not tell', async () => {
			const libs = [{ module: 'left-pad' }, { module: 'right-pad@1.0.1' }, { module: 'red-sample' }];
			const source = openDevSource({ url: nodeRed.url });
			const flows = [...sampleFlows, { id: 'f', type: 'function', z: 't1', libs }];
			// Installing real ones would take a registry; the flows are only saved, never started.
			await fetch(`${nodeRed.url}/flows/state`, { method: 'POST', body: new URLSearchParams({ state: 'stop' }) });
			await fetch(`${nodeRed.url}/flows`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json', 'Node-RED-API-Version': 'v2' },
				body: JSON.stringify({ flows }),
			});
			const { snapshot, warnings } = await captureSnapshot(source, facts);
			expect(snapshot.content.palette.map((module) => `${module.name}@${module.version}`)).toEqual(['red-sample@1.2.3', 'right-pad@1.0.1']);
			expect(warnings).toEqual([expect.stringContaining('left-pad')]);
		});
	});

	describe('that asks for a sign-in', () => {
		beforeAll(async () => {
			const users = [{ username: 'ada', password: PASSWORD_HASH, permissions: 'read' }];
			const tokens = [{ token: 's3cret-token', user: 'ada', scope: 'read' }];
			nodeRed = await startNodeRed({
				version,
				flows: sampleFlows,
				settings: { httpAdminRoot: '/red', adminAuth: { type: 'credentials', users, tokens } },
			});
		});
		afterAll(() => nodeRed.stop());

		const refusal = async (credentials: object) => {
			const error = await capture({ url: `${nodeRed.url}/red`, ...credentials }).catch((caught) => caught);
			expect(JSON.stringify(error) + error.message).not.toMatch(/s3cret|wrong horse/);
			return error;
		};

		it('is read with a user and a password, and the sign-in ends', async () => {
			const { snapshot } = await capture({ url: `${nodeRed.url}/red/`, username: 'ada', password: 'correct horse' });
			expect(snapshot.content.flows).toHaveLength(3);
			const api = openAdminApi({ url: `${nodeRed.url}/red`, username: 'ada', password: 'correct horse' });
			await api.flows();
			await api.close();
			await expect(api.flows()).rejects.toMatchObject({ code: 'DEV_NOT_PERMITTED' });
		});

		it('refuses a wrong password, no sign-in, and a wrong token, each in its words', async () => {
			expect(await refusal({ username: 'ada', password: 'wrong horse' })).toMatchObject({ code: 'DEV_PASSWORD_REFUSED' });
			expect(await refusal({})).toMatchObject({ code: 'DEV_SIGN_IN_NEEDED', hint: expect.stringContaining('token: ${DEV_TOKEN}') });
			expect(await refusal({ token: 's3cret-wrong' })).toMatchObject({ code: 'DEV_TOKEN_REFUSED' });
		});

		it('is read with a token', async () => {
			expect((await capture({ url: `${nodeRed.url}/red`, token: 's3cret-token' })).snapshot.content.nodeRed.version).toMatch(major);
		});
	});

	it('without flows gives no snapshot', async () => {
		const empty = await startNodeRed({ version, flows: [] });
		try {
			await expect(capture({ url: empty.url })).rejects.toMatchObject({ code: 'SNAPSHOT_EMPTY' });
			await expect(capture({ userDir: empty.userDir })).rejects.toMatchObject({ code: 'SNAPSHOT_EMPTY' });
		} finally {
			await empty.stop();
		}
	});
});

/** A module of the palette as npm would leave it: two node types. */
async function installPaletteModule(userDir: string): Promise<void> {
	const module = join(userDir, 'node_modules', 'red-sample');
	await mkdir(module, { recursive: true });
	const manifest = { name: 'red-sample', version: '1.2.3', 'node-red': { nodes: { sample: 'sample.js' } } };
	await writeFile(join(module, 'package.json'), JSON.stringify(manifest));
	await writeFile(
		join(module, 'sample.js'),
		`module.exports = (RED) => { for (const type of ['sample-b', 'sample-a']) RED.nodes.registerType(type, function (config) { RED.nodes.createNode(this, config); }); };\n`,
	);
	const sides = ['sample-b', 'sample-a'].map((type) => `<script type="text/html" data-template-name="${type}"></script>`);
	const registrations = ['sample-b', 'sample-a'].map(
		(type) => `RED.nodes.registerType('${type}', { category: 'function', defaults: {} });`,
	);
	await writeFile(join(module, 'sample.html'), `${sides.join('\n')}<script type="text/javascript">${registrations.join('')}</script>`);
	await writeFile(
		join(userDir, 'package.json'),
		JSON.stringify({ name: 'dev', version: '0.0.1', dependencies: { 'red-sample': '~1.2.0' } }),
	);
}
