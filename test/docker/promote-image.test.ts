import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { describeWithDocker } from '../support/describe-with-docker.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../support/engine-project.ts';
import { nodeRedFolder, versionFlows } from '../support/project.ts';

jest.setTimeout(300_000);

const docker = new Docker();

describeWithDocker('an image that was built elsewhere', () => {
	const name = `ffw-cmds-image-${process.pid}`;
	const tag = (text: string) => `${name}:${text}`;
	let images: ProjectImages;
	let project: DockerProject;
	/** Ids of the snapshots that the images of these tags were built for. */
	const snapshots: Record<string, string> = {};
	const ids: Record<string, string> = {};

	/** As CI would. */
	async function build(text: string): Promise<void> {
		await project.setFlows(versionFlows(text));
		const { id } = await project.done(0, 'snapshot');
		const built = await project.done(0, 'image', 'build', 'production', '--snapshot', id, '--tag', tag(text));
		expect(built).toMatchObject({ tag: tag(text), snapshot: id });
		Object.assign(snapshots, { [text]: id });
		Object.assign(ids, { [text]: built.id });
	}
	const version = async () => await (await fetch(`http://127.0.0.1:${project.port}/version`)).text();
	const imageOf = async (instance: string) => (await docker.getContainer(`${name}-${instance}`).inspect()).Image;

	beforeAll(async () => {
		images = await projectImages(docker, name);
		project = await createDockerProject(docker, { name, images });
		await build('one');
		await build('two');
		// The dev Node-RED has gone on.
		await project.setFlows(versionFlows('three'));
	});
	afterAll(async () => {
		await project.dispose();
		for (const text of Object.keys(ids)) await docker.getImage(tag(text)).remove();
		await images.remove();
	});

	it('is promoted with the snapshot that it was built for, and no other image is built', async () => {
		const before = (await project.things()).releases;
		const plan = await project.done(0, 'plan', 'production', '--image', tag('one'));
		expect(plan).toMatchObject({ snapshot: snapshots.one, installs: [] });
		await project.done(0, 'promote', 'production', '--image', tag('one'), '--yes');
		expect(await version()).toBe('one');
		expect(await imageOf('blue-0')).toBe(ids.one);
		// Names that flowferry gave to images of other snapshots may go.
		expect((await project.things()).releases).toBeLessThanOrEqual(before);
	});

	it('is refused where another snapshot is named, where it is none of ours, and where there is none; nothing changes', async () => {
		const before = await project.things();
		const refused = async (...args: string[]) => (await project.done(2, 'promote', 'production', '--yes', ...args)).error;
		expect(await refused('--image', tag('one'), '--snapshot', snapshots.two as string)).toMatchObject({ code: 'IMAGE_DIFFERS' });
		expect(await refused('--image', images.base)).toMatchObject({ code: 'IMAGE_UNFIT' });
		// A registry that is not there: nothing leaves this machine.
		const absent = `127.0.0.1:9/${name}:absent`;
		expect(await refused('--image', absent)).toMatchObject({ code: 'IMAGE_UNAVAILABLE', message: expect.stringContaining(absent) });
		expect(await project.things()).toEqual(before);
		expect(await version()).toBe('one');
	});

	it('is the one that a saved plan names, and no other', async () => {
		const plan = join(project.folder, 'plan.json');
		await project.done(0, 'plan', 'production', '--image', tag('two'), '--out', plan);
		const stale = await project.done(6, 'promote', '--plan', plan, '--image', tag('one'), '--yes');
		expect(stale.error).toMatchObject({ code: 'PLAN_STALE', message: expect.stringContaining(`its image is ${ids.two?.slice(0, 19)}`) });
		expect(await version()).toBe('one');
		await project.done(0, 'promote', '--plan', plan, '--yes');
		expect(await version()).toBe('two');
		expect(await imageOf('green-0')).toBe(ids.two);
	});

	it('needs its snapshot in the store, which is said with what to do', async () => {
		const other = await createDockerProject(docker, { name: `${name}-other`, images });
		try {
			const { error } = await other.done(2, 'plan', 'production', '--image', tag('one'));
			expect(error).toMatchObject({ code: 'SNAPSHOT_UNKNOWN', message: expect.stringContaining(tag('one')) });
			expect(error.hint).toContain('snapshot import');
			expect(await other.things()).toMatchObject({ containers: 0, networks: 0, volumes: 0 });
		} finally {
			await other.dispose();
		}
	});

	it('means nothing to processes', async () => {
		const production = { mode: 'hot-spare', port: project.port, nodeRed: nodeRedFolder };
		await writeFile(join(project.folder, 'processes.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
		const at = ['--config', 'processes.yaml'];
		const { error } = await project.done(2, 'promote', 'production', '--image', tag('one'), '--yes', ...at);
		expect(error).toMatchObject({ code: 'IMAGE_USELESS' });
		expect((await project.done(2, 'image', 'build', 'production', ...at)).error).toMatchObject({ code: 'IMAGE_USELESS' });
	});
});
