import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { findProcessesIn } from '../support/processes.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';

jest.setTimeout(300_000);

describe('down --remove, of processes', () => {
	it.each(['gateway', 'haproxy'] as const)('ends all, removes the directory, and leaves it as new: %s', async (router) => {
		const project = await createProject({ router });
		const directory = join(project.folder, '.flowferry', 'environments', 'production');
		try {
			await project.promote(versionFlows('one'));
			await project.promote(versionFlows('two'));
			expect(await findProcessesIn(directory)).not.toEqual([]);
			expect((await project.cli('down', '--remove', '--json')).json().error.code).toBe('CONFIRMATION_NEEDED');
			const removed = await project.cli('down', '--remove', '--yes', '--json');
			expect(removed.json()).toMatchObject({ outcome: 'removed', warnings: [] });
			expect(existsSync(directory)).toBe(false);
			expect(await findProcessesIn(directory)).toEqual([]);
			expect((await project.cli('history', '--json')).json()).toMatchObject({ promotions: [] });

			// What is somebody else's stays, and with it the folder.
			const { release } = await project.promote(versionFlows('three'));
			expect(release).toBe(1);
			expect(await askVersion(project)).toBe('three');
			await writeFile(join(directory, 'notes.txt'), 'of mine');
			const again = await project.cli('down', '--remove', '--yes', '--json');
			expect(again.json().warnings).toEqual([expect.stringContaining('notes.txt')]);
			expect(existsSync(join(directory, 'notes.txt'))).toBe(true);
		} finally {
			await project.remove();
		}
	});
});
