import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

/** The editor is off: somebody has gone to the files. */
describe('production that somebody changed by hand', () => {
	let project: Project;
	const slot = () => join(project.folder, '.flowferry/environments/production/slots/blue');

	beforeAll(async () => {
		project = await createProject();
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	/** Node-RED crashes, and runs again. */
	async function crash(): Promise<void> {
		const { childPid } = await project.active();
		process.kill(childPid as number, 'SIGKILL');
		await until(async () => {
			const next = await project.active();
			return next.childPid !== childPid && next.state === 'active' && next.drifted !== null;
		}, 'it runs again');
	}

	it('has no editor, at no port', async () => {
		const { url, editor } = await project.active();
		expect(editor).toBeNull();
		for (const base of [project.url, url])
			for (const path of ['/', '/flows', '/settings', '/auth/login', '/flowferry-editor/', '/admin'])
				expect({ path, status: (await fetch(`${base}${path}`)).status }).toEqual({ path, status: 404 });
		const { status, stderr } = await project.cli('editor');
		expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('set environments.production.editor.access') });
	});

	it('is as it was promoted at the beginning', async () => {
		expect((await project.active()).drifted).toBe(false);
		const { status, stdout } = await project.cli('diff', 'production', '--exit-code');
		expect({ status, stdout }).toEqual({
			status: 0,
			stdout: expect.stringMatching(/→ what production runs \(blue\/0, .*\nNo difference\.\n/),
		});
	});

	it('gets the promoted flows again when Node-RED starts anew, where they were changed in its user directory', async () => {
		const flows = join(slot(), '0/user-dir/flows.json');
		const promoted = await readFile(flows, 'utf8');
		await writeFile(flows, promoted.replaceAll('v1', 'by hand'));
		await crash();
		expect(await readFile(flows, 'utf8')).toBe(promoted);
		expect([await askVersion(project), (await project.active()).drifted]).toEqual(['v1', false]);
	});

	it('says so in every place where the promoted flows themselves were changed, with what to do', async () => {
		const flows = join(slot(), 'flows.json');
		await writeFile(flows, (await readFile(flows, 'utf8')).replaceAll('v1', 'by hand'));
		await crash();
		expect(await askVersion(project)).toBe('by hand');
		expect((await project.cli('status')).stdout).toContain('! changed in place: its flows or credentials are not those of release 1');
		const diff = await project.cli('snapshot', 'diff', 'production', '--exit-code');
		expect(diff).toMatchObject({ status: 1, stdout: expect.stringContaining('+ msg.payload = "by hand";') });
		const { warnings } = (await project.cli('plan', '--json')).json();
		expect(warnings).toContainEqual(expect.stringContaining('the flows of release 1 were changed in place on blue/0'));
	});
});
