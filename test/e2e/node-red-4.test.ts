import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, nodeRedFolder, versionFlows } from '../support/project.ts';

const nodeRed4 = fileURLToPath(new URL('../../node_modules/node-red-4', import.meta.url));

/** The dev user directory has this Node-RED installed. */
async function develop(project: Project, nodeRed: string): Promise<string> {
	const { version } = JSON.parse(await readFile(join(nodeRed, 'package.json'), 'utf8')) as { version: string };
	const installed = join(project.folder, 'dev', 'node_modules', 'node-red');
	await mkdir(installed, { recursive: true });
	await writeFile(join(installed, 'package.json'), JSON.stringify({ name: 'node-red', version }));
	return version;
}

describe('Node-RED 4 in production', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ nodeRed: nodeRed4 });
	});
	afterAll(() => project.remove());

	it('is promoted, promoted again and rolled back', async () => {
		const version = await develop(project, nodeRed4);
		await project.promote(versionFlows('v1'));
		expect((await project.active()).nodeRed).toBe(version);
		const { drained } = await project.promote(versionFlows('v2'));
		expect(drained).toEqual({ drained: true, left: [], unansweredRequests: 0 });
		expect(await askVersion(project)).toBe('v2');
		expect((await project.cli('rollback', '--yes')).status).toBe(0);
		expect(await askVersion(project)).toBe('v1');
	});

	it('is upgraded to Node-RED 5 by a promotion like any other, and back', async () => {
		const version = await develop(project, nodeRedFolder);
		await project.configure({ nodeRed: nodeRedFolder });
		await project.promote(versionFlows('v3'));
		expect((await project.active()).nodeRed).toBe(version);
		expect((await project.cli('rollback', '--yes')).status).toBe(0);
		expect((await project.active()).nodeRed).toMatch(/^4\./);
	});
});
