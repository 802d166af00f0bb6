import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFlowFile } from '../../../src/lib/node-red/flow-file.ts';
import { sealCredentials } from '../../../src/lib/node-red/sealed-credentials.ts';
import { readStoredCredentials } from '../../../src/lib/node-red/stored-credentials.ts';
import { readUserDirRuntime } from '../../../src/lib/node-red/user-dir.ts';

const credentials = { b1: { user: 'plant', password: 'pw' } };
const sealed = (secret: string) => sealCredentials(credentials, secret);

describe('the credentials of a user directory', () => {
	let userDir: string;
	beforeEach(async () => {
		userDir = await mkdtemp(join(tmpdir(), 'flowferry-user-dir-'));
	});
	afterEach(() => rm(userDir, { recursive: true }));
	const write = async (files: Record<string, string>) => {
		for (const [name, text] of Object.entries({ 'flows.json': '[]', ...files })) {
			await mkdir(dirname(join(userDir, name)), { recursive: true });
			await writeFile(join(userDir, name), text);
		}
	};
	const read = async (secret?: string) => readStoredCredentials(userDir, await findFlowFile(userDir, undefined, 'host'), secret);

	it('are none where there is no file', async () => {
		await write({});
		expect(await read()).toEqual({});
	});

	it.each<[string, Record<string, string>]>([
		['not encrypted', { 'flows_cred.json': JSON.stringify(credentials) }],
		['by the secret in settings.js', { 'flows_cred.json': sealed('s1'), 'settings.js': "module.exports = { credentialSecret: 's1', }" }],
		['by the secret that Node-RED made up', { 'flows_cred.json': sealed('s2'), '.config.runtime.json': '{"_credentialSecret":"s2"}' }],
		['by that of an older Node-RED', { 'flows_cred.json': sealed('s2'), '.config.json': '{"_credentialSecret":"s2"}' }],
		[
			'by the made-up one while settings.js has a new one, until the next deploy',
			{
				'flows_cred.json': sealed('s2'),
				'settings.js': "module.exports = { credentialSecret: 's1' }",
				'.config.runtime.json': '{"_credentialSecret":"s2"}',
			},
		],
		[
			'beside a flow file that stands elsewhere',
			{
				'settings.js': "module.exports = { flowFile: 'sub/plant.json', credentialSecret: 's1' }",
				'sub/plant.json': '[]',
				'sub/plant_cred.json': sealed('s1'),
			},
		],
		[
			'in the user directory, where it is looked for first',
			{
				'settings.js': "module.exports = { flowFile: 'sub/plant.json', credentialSecret: 's1' }",
				'sub/plant.json': '[]',
				'plant_cred.json': sealed('s1'),
				'sub/plant_cred.json': 'something else',
			},
		],
		[
			'of the active project',
			{
				'.config.projects.json': JSON.stringify({ activeProject: 'plant', projects: { plant: { credentialSecret: 'of the project' } } }),
				'projects/plant/package.json': JSON.stringify({ 'node-red': { settings: { flowFile: 'a.json', credentialsFile: 'keys.json' } } }),
				'projects/plant/a.json': '[]',
				'projects/plant/keys.json': sealed('of the project'),
				'settings.js': "module.exports = { credentialSecret: 's1' }",
			},
		],
	])('are read %s', async (_, files) => {
		await write(files);
		expect(await read()).toEqual(credentials);
	});

	it('are read by the secret that the configuration gives, and by no other then', async () => {
		await write({ 'flows_cred.json': sealed('s1'), 'settings.js': "module.exports = { credentialSecret: 's1' }" });
		expect(await read('s1')).toEqual(credentials);
		await expect(read('wrong')).rejects.toMatchObject({
			code: 'DEV_CREDENTIALS_UNREADABLE',
			message: expect.stringMatching(/flows_cred\.json.*dev\.credentialSecret/),
		});
	});

	it.each<[string, Record<string, string>, RegExp]>([
		['no secret is found', { 'flows_cred.json': sealed('s1') }, /its secret was not found/],
		[
			'the secret is computed',
			{ 'flows_cred.json': sealed('s1'), 'settings.js': 'module.exports = { credentialSecret: process.env.SECRET }' },
			/its secret was not found/,
		],
		[
			'it is another secret',
			{ 'flows_cred.json': sealed('s1'), '.config.runtime.json': '{"_credentialSecret":"s2"}' },
			/does not open with what was found in .*\.config\.runtime\.json/,
		],
		['the file is cut short', { 'flows_cred.json': sealed('s1').slice(0, 40) }, /does not hold what Node-RED writes/],
		['the file is no object', { 'flows_cred.json': '[]' }, /does not hold what Node-RED writes/],
		['the file holds something else', { 'flows_cred.json': '{"b1":"text"}' }, /does not hold what Node-RED writes/],
	])('are not taken in part where %s', async (_, files, message) => {
		await write(files);
		const error = await read().catch((caught) => caught);
		expect(error).toMatchObject({ code: 'DEV_CREDENTIALS_UNREADABLE', message: expect.stringMatching(message) });
		expect(error.hint).toContain('credentialSecret: ${NAME}');
		expect(JSON.stringify(error) + error.message).not.toMatch(/"pw"|s2"/);
	});

	it('come with the palette of the project', async () => {
		const module = (name: string) => ({ [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.2.3' }) });
		await write({
			'package.json': JSON.stringify({ dependencies: { own: '^1.0.0' } }),
			'projects/plant/package.json': JSON.stringify({ dependencies: { theirs: '*' } }),
			...module('own'),
			...module('theirs'),
		});
		const names = async (folder?: string) =>
			(await readUserDirRuntime(userDir, folder)).palette.map(({ name, version }) => `${name}@${version}`);
		expect(await names(join(userDir, 'projects', 'plant'))).toEqual(['own@1.2.3', 'theirs@1.2.3']);
		expect(await names()).toEqual(['own@1.2.3']);
		await rm(join(userDir, 'node_modules', 'theirs'), { recursive: true });
		await expect(names(join(userDir, 'projects', 'plant'))).rejects.toMatchObject({ code: 'PALETTE_NOT_INSTALLED' });
	});
});
