import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFlowFile } from '../../../src/lib/node-red/flow-file.ts';

let userDir: string;
beforeEach(async () => {
	userDir = await mkdtemp(join(tmpdir(), 'flowferry-user-dir-'));
});
afterEach(() => rm(userDir, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(userDir, name)), { recursive: true });
		await writeFile(join(userDir, name), text);
	}
}
const find = async (configured?: string) => (await findFlowFile(userDir, configured, 'pi')).path.slice(userDir.length + 1);

const cases: [string, Record<string, string>, string][] = [
	['flows.json, which the shipped settings name', { 'flows.json': '[]', 'flows_pi.json': '[]' }, 'flows.json'],
	[
		"the host's name where settings name none",
		{ 'settings.js': 'module.exports={}', 'flows.json': '[]', 'flows_pi.json': '[]' },
		'flows_pi.json',
	],
	[
		'the one that settings name',
		{ 'settings.js': 'module.exports = {\n  flowFile: "mine.json", // ours\n}', 'flows.json': '[]', 'mine.json': '[]' },
		'mine.json',
	],
	[
		'not the one that settings only mention',
		{ 'settings.js': 'module.exports = {\n  // flowFile: "mine.json",\n}', 'flows.json': '[]', 'mine.json': '[]' },
		'flows.json',
	],
	['the only one', { 'flows_other.json': '[]', 'flows_other_cred.json': '{}', '.flows_other.json.backup': '' }, 'flows_other.json'],
	[
		"the active project's",
		{
			'.config.projects.json': '{"activeProject":"p","projects":{"p":{}}}',
			'projects/p/package.json': '{"node-red":{"settings":{"flowFile":"flow.json"}}}',
			'projects/p/flow.json': '[]',
			'flows.json': '[]',
		},
		'projects/p/flow.json',
	],
	['not that of a project that is gone', { '.config.projects.json': '{"activeProject":"p"}', 'flows.json': '[]' }, 'flows.json'],
];

describe('the flow file of a user directory', () => {
	it.each(cases)('is %s', async (_, files, expected) => {
		await write(files);
		expect(await find()).toBe(expected);
	});

	it('is the configured one, relative to the user directory or absolute', async () => {
		await write({ 'flows.json': '[]', 'lib/mine.json': '[]' });
		expect(await find('lib/mine.json')).toBe('lib/mine.json');
		expect(await find(join(userDir, 'flows.json'))).toBe('flows.json');
		await expect(find('nope.json')).rejects.toMatchObject({
			code: 'FLOW_FILE_MISSING',
			message: expect.stringContaining(join(userDir, 'nope.json')),
		});
	});

	it('is asked for where there are several', async () => {
		await write({ 'flows_a.json': '[]', 'flows_b.json': '[]' });
		await expect(find()).rejects.toMatchObject({
			code: 'FLOW_FILE_AMBIGUOUS',
			message: expect.stringContaining('flows_a.json, flows_b.json'),
			hint: expect.stringContaining('flowFile: flows_a.json'),
		});
	});

	it('comes with a warning where settings compute it', async () => {
		await write({ 'settings.js': 'module.exports = {\n flowFile: process.env.FLOWS,\n}', 'flows.json': '[]' });
		expect((await findFlowFile(userDir, undefined, 'pi')).warnings).toEqual([expect.stringContaining('dev.flowFile')]);
	});

	it('may be missing, as may the folder', async () => {
		await expect(find()).rejects.toMatchObject({ code: 'FLOW_FILE_MISSING', message: expect.stringContaining(userDir) });
		await expect(findFlowFile(join(userDir, 'no'), undefined, 'pi')).rejects.toMatchObject({ code: 'USER_DIR_MISSING' });
		await write({ file: '' });
		await expect(findFlowFile(join(userDir, 'file'), undefined, 'pi')).rejects.toMatchObject({ code: 'USER_DIR_MISSING' });
	});

	it('names a broken file of Node-RED', async () => {
		await write({ '.config.projects.json': '{', 'flows.json': '[]' });
		await expect(find()).rejects.toMatchObject({ code: 'USER_DIR_UNREADABLE', message: expect.stringContaining('.config.projects.json') });
	});
});
