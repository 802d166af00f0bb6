import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readUserDirRuntime } from '../../../src/lib/node-red/user-dir.ts';

let userDir: string;
beforeEach(async () => {
	userDir = await mkdtemp(join(tmpdir(), 'flowferry-user-dir-'));
});
afterEach(() => rm(userDir, { recursive: true }));

async function write(files: Record<string, unknown>): Promise<void> {
	for (const [name, value] of Object.entries(files)) {
		await mkdir(dirname(join(userDir, name)), { recursive: true });
		await writeFile(join(userDir, name), JSON.stringify(value));
	}
}
const core = { 'node-red': { version: '5.0.7-git', nodes: { inject: { types: ['inject'] } } } };

describe('the runtime of a user directory', () => {
	it('has exact versions from node_modules and types from what Node-RED found', async () => {
		await write({
			'package.json': { dependencies: { 'red-b': '~1.0.0', lodash: '^4.0.0', '@s/off': '1.0.0' } },
			'node_modules/red-b/package.json': { version: '1.0.9', 'node-red': { nodes: {} } },
			'node_modules/lodash/package.json': { version: '4.17.21' },
			'node_modules/@s/off/package.json': { version: '1.0.0', 'node-red': { nodes: {} } },
			'node_modules/copied/package.json': { version: '0.1.0', 'node-red': { nodes: {} } },
			'.config.nodes.json': {
				...core,
				'red-b': { version: '1.0.8', nodes: { x: { types: ['b2', 'b1'] }, y: { types: ['b3'], enabled: false } } },
				'@s/off': { nodes: { o: { types: ['o'], enabled: false } } },
				copied: { version: '0.1.0', nodes: { c: { types: ['c'], enabled: true } } },
				removed: { version: '1.0.0', nodes: { r: { types: ['r'] } } },
			},
		});
		expect(await readUserDirRuntime(userDir)).toEqual({
			palette: [
				{ name: 'copied', version: '0.1.0', types: ['c'] },
				{ name: 'lodash', version: '4.17.21', types: [] },
				{ name: 'red-b', version: '1.0.9', types: ['b1', 'b2'] },
			],
			version: '5.0.7',
			warnings: [],
		});
	});

	it('warns of what npm or Node-RED cannot tell, without secrets', async () => {
		await write({
			'package.json': { dependencies: { local: 'file:../local', git: 'git+https://user:s3cret@example.org/x.git', fresh: '1.0.0' } },
			'node_modules/local/package.json': { version: '0.0.1' },
			'node_modules/git/package.json': { version: '0.0.2' },
			'node_modules/fresh/package.json': { version: '1.0.0', 'node-red': {} },
			'.config.nodes.json': core,
		});
		const { warnings } = await readUserDirRuntime(userDir);
		expect(warnings).toEqual([
			expect.stringContaining('local is installed from file:../local'),
			expect.stringContaining('git is installed from git+https://example.org/x.git'),
			expect.stringContaining('since fresh was installed'),
		]);
	});

	it('refuses a module that has no exact version', async () => {
		await write({ 'package.json': { dependencies: { exact: '1.2.3', ranged: '^1.0.0' } }, '.config.nodes.json': core });
		await expect(readUserDirRuntime(userDir)).rejects.toMatchObject({
			code: 'PALETTE_NOT_INSTALLED',
			message: expect.stringContaining('ranged (^1.0.0)'),
			hint: expect.stringContaining('npm install'),
		});
	});

	it('takes the version of an installed Node-RED where none has run', async () => {
		await write({ 'package.json': { dependencies: {} }, 'node_modules/node-red/package.json': { name: 'node-red', version: '4.0.2' } });
		expect(await readUserDirRuntime(userDir)).toMatchObject({ version: '4.0.2', warnings: [] });
	});

	it('says so where it has to assume one', async () => {
		const { version, warnings } = await readUserDirRuntime(userDir);
		expect(warnings).toEqual([expect.stringContaining(`version ${version} is taken`)]);
	});

	it('refuses a Node-RED of another major version', async () => {
		await write({ '.config.nodes.json': { 'node-red': { version: '3.1.15', nodes: {} } } });
		await expect(readUserDirRuntime(userDir)).rejects.toMatchObject({
			code: 'NODE_RED_UNSUPPORTED',
			message: expect.stringContaining('3.1.15'),
		});
	});
});
