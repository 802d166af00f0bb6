import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { runCli } from '../support/cli.ts';
import { type ComposeProject, createComposeProject } from '../support/compose-project.ts';
import { describeWithDockerAnd } from '../support/describe-with-docker.ts';
import { versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);

const SECRET = 'hunter2-hunter2-hunter2';

describeWithDockerAnd('docker-compose', 'an environment whose lasting part is of compose', () => {
	const docker = new Docker();
	let project: ComposeProject;
	const version = async () => {
		const answer = await fetch(`${project.url}/version`, { signal: AbortSignal.timeout(5000) });
		return answer.ok ? await answer.text() : `status ${answer.status}`;
	};
	const compose = async (...args: string[]) => {
		const { stdout, stderr } = await promisify(execFile)('docker-compose', ['-p', project.prefix, '-f', 'compose.yaml', ...args], {
			cwd: project.folder,
		});
		return stdout + stderr;
	};
	const exported = async () => {
		const { status, stderr } = await project.cli('export', 'compose', '--out', 'compose.yaml');
		expect([status, stderr]).toEqual([0, expect.any(String)]);
		return await readFile(join(project.folder, 'compose.yaml'), 'utf8');
	};

	beforeAll(async () => {
		project = await createComposeProject(docker, 'ffw-compose-test');
	});
	afterAll(async () => {
		expect(await project.remove()).toEqual([]);
	});

	it('is promoted to, and not fought over', async () => {
		const file = await exported();
		expect(await exported()).toBe(file);
		await compose('up', '-d');
		const made = await project.containers();
		expect(Object.keys(made).sort()).toEqual([`${project.prefix}-keeper`, `${project.prefix}-router`]);

		await project.promote(versionFlows('one'));
		expect(await version()).toBe('one');
		await project.promote(versionFlows('two'));
		const before = await project.containers();
		expect(before).toMatchObject(made);
		expect(Object.keys(before)).toHaveLength(6);

		expect(await compose('up', '-d')).toMatch(
			/keeper is up-to-date[\s\S]*router is up-to-date|router is up-to-date[\s\S]*keeper is up-to-date/,
		);
		expect(await project.containers()).toEqual(before);
		expect(await version()).toBe('two');
		expect(await exported()).toBe(file);
	});

	it('goes down and up by flowferry, with the containers of compose', async () => {
		const before = await project.containers();
		expect((await project.cli('down', '--yes')).status).toBe(0);
		await expect(version()).rejects.toThrow();
		expect((await project.cli('up')).status).toBe(0);
		expect(await version()).toBe('two');
		const after = await project.containers();
		for (const part of ['keeper', 'router']) expect(after[`${project.prefix}-${part}`]).toBe(before[`${project.prefix}-${part}`]);
		expect(await compose('up', '-d')).not.toMatch(/Recreating|Creating/);
	});

	it('outlives a `down --volumes` of compose: the release is still there, and serves again by itself', async () => {
		await compose('down', '--volumes');
		expect(Object.keys(await project.containers())).toHaveLength(4);
		await compose('up', '-d');
		await until(async () => (await version().catch(() => '')) === 'two', 'the release serves again', 30_000);
		expect((await project.cli('rollback', '--yes')).status).toBe(0);
		expect(await version()).toBe('one');
	});

	it('has a router that is not replaced by another configuration until compose does it', async () => {
		const file = join(project.folder, 'flowferry.yaml');
		const config = JSON.parse(await readFile(file, 'utf8'));
		config.environments.production.timeouts = { holdMs: 31_000 };
		config.environments.production.variables = { PASSWORD: SECRET };
		await writeFile(file, JSON.stringify(config));
		expect((await project.cli('down', '--yes')).status).toBe(0);
		const before = await project.containers();
		const refused = await project.cli('up', '--json');
		expect(refused.json().error).toMatchObject({
			code: 'COMPOSE_FILE_OUTDATED',
			hint: expect.stringContaining('export compose production'),
		});
		expect(await project.containers()).toMatchObject({ [`${project.prefix}-router`]: before[`${project.prefix}-router`] });
		expect(await exported()).not.toContain(SECRET);
		expect(await compose('up', '-d')).toMatch(/Recreating.*router/);
		expect((await project.cli('up')).status).toBe(0);
		expect(await version()).toBe('one');
	});
});

describe('an export', () => {
	it('is refused where the target is another', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'flowferry-export-'));
		await writeFile(join(folder, 'flowferry.yaml'), 'dev: { userDir: dev }\nenvironments: { production: { mode: hot-spare } }\n');
		const result = await runCli(['export', 'compose', '--json'], { cwd: folder });
		await rm(folder, { recursive: true });
		expect([result.status, result.json().error.code]).toEqual([2, 'EXPORT_NEEDS_DOCKER']);
	});
});
