import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, nodeRedFolder, versionFlows } from '../support/project.ts';

const nodeRed4 = fileURLToPath(new URL('../../node_modules/node-red-4', import.meta.url));

/** The dev user directory has this Node-RED installed. */
async function develop(project: Project, nodeRed: string): Promise<string> {
	const { version } = JSON.parse(await readFile(join(nodeRed, 'package.json'), 'utf8')) as { version: string };
	const installed = join(project.folder, 'dev', 'node_modules', 'node-red');
	await mkdir(installed, { recursive: true });
	await writeFile(join(installed, 'package.json'), JSON.stringify({ name: 'node-red', version }));
	return version;
}

/** `GET /count` counts in the node's own context, in memory. */
const count = [
	node('count-in', 'http in', { url: '/count', method: 'get', wires: [['count-fn']] }),
	node('count-fn', 'function', {
		func: "const n = (context.get('n') ?? 0n) + 1n; context.set('n', n); msg.payload = String(n); return msg;",
		outputs: 1,
		wires: [['count-out']],
	}),
	node('count-out', 'http response', {}),
];
const flows = (version: string) => versionFlows(version, count);
const askCount = async (project: Project) => await (await fetch(`${project.url}/count`)).text();

describe('Node-RED 4 in production', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ nodeRed: nodeRed4 });
	});
	afterAll(() => project.remove());

	it('is promoted, promoted again and rolled back, with its context in memory', async () => {
		const version = await develop(project, nodeRed4);
		await project.promote(flows('v1'));
		expect((await project.active()).nodeRed).toBe(version);
		expect(await askCount(project)).toBe('1');
		const { drained } = await project.promote(flows('v2'));
		expect(drained).toEqual({ drained: true, left: [], unansweredRequests: 0 });
		expect([await askVersion(project), await askCount(project)]).toEqual(['v2', '2']);
		await project.succeed('rollback', '--yes');
		expect([await askVersion(project), await askCount(project)]).toEqual(['v1', '3']);
	});

	it('is upgraded to Node-RED 5 by a promotion like any other, and back', async () => {
		const version = await develop(project, nodeRedFolder);
		await project.configure({ nodeRed: nodeRedFolder });
		await project.promote(flows('v3'));
		expect((await project.active()).nodeRed).toBe(version);
		expect(await askCount(project)).toBe('4');
		await project.succeed('rollback', '--yes');
		expect((await project.active()).nodeRed).toMatch(/^4\./);
		expect(await askCount(project)).toBe('5');
	});
});
