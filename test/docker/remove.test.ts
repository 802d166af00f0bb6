import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { describeWithDocker } from '../support/describe-with-docker.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../support/engine-project.ts';
import { versionFlows } from '../support/project.ts';

jest.setTimeout(300_000);

const docker = new Docker();

describeWithDocker('down --remove', () => {
	const name = `ffw-cmds-remove-${process.pid}`;
	let images: ProjectImages;
	const projects: DockerProject[] = [];
	const nothing = { containers: 0, networks: 0, volumes: 0 };

	async function create(suffix: string): Promise<DockerProject> {
		const project = await createDockerProject(docker, { name: `${name}-${suffix}`, images });
		projects.push(project);
		return project;
	}
	async function promote(project: DockerProject, version: string): Promise<void> {
		await project.setFlows(versionFlows(version));
		await project.done(0, 'promote', 'production', '--yes');
	}
	/** Also those without a name, which belong to containers. */
	const volumes = async () => (await docker.listVolumes()).Volumes.map(({ Name }) => Name);

	beforeAll(async () => {
		images = await projectImages(docker, name);
	});
	afterAll(async () => {
		for (const project of projects) await project.dispose();
		await images.remove();
	});

	it('leaves nothing of the environment, and everything of another, which has the same release', async () => {
		const [gone, stays] = [await create('gone'), await create('stays')];
		await promote(gone, 'one');
		await promote(gone, 'two');
		await promote(stays, 'two');
		expect(await gone.things()).toEqual({ containers: 4, networks: 1, volumes: 1, releases: 2 });
		const others = await stays.things();

		const refused = await gone.done(2, 'down', 'production', '--remove');
		expect(refused.error.code).toBe('CONFIRMATION_NEEDED');
		const mounted = (await docker.listContainers({ filters: { label: [`org.flowferry.environment=${name}-gone`] } })).flatMap(
			({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? []),
		);
		expect(mounted.length).toBeGreaterThan(1);
		const removed = await gone.done(0, 'down', 'production', '--remove', '--yes');
		expect(removed).toMatchObject({ outcome: 'removed', warnings: [] });

		// The other's release is used by its containers.
		expect(await gone.things()).toEqual({ ...nothing, releases: 1 });
		expect((await volumes()).filter((each) => mounted.includes(each))).toEqual([]);
		expect(await stays.things()).toEqual({ ...others, releases: 1 });
		expect(await (await fetch(`http://127.0.0.1:${stays.port}/version`)).text()).toBe('two');

		// As new: nothing is remembered, and nothing is in the way.
		expect(await gone.done(0, 'history', 'production')).toMatchObject({ promotions: [] });
		expect(await gone.things()).toMatchObject(nothing);
		await promote(gone, 'one');
		expect(await (await fetch(`http://127.0.0.1:${gone.port}/version`)).text()).toBe('one');
		await gone.done(0, 'down', 'production', '--remove', '--yes');
		expect(await gone.things()).toEqual({ ...nothing, releases: 1 });
	});

	it('also removes what is down, what was never up, and what somebody has removed the half of', async () => {
		const project = await create('down');
		await promote(project, 'one');
		await project.done(0, 'down', 'production', '--yes');
		await project.done(0, 'down', 'production', '--remove', '--yes');
		expect(await project.things()).toMatchObject(nothing);
		await project.done(0, 'down', 'production', '--remove', '--yes');
		expect(await project.things()).toMatchObject(nothing);
		await promote(project, 'one');
		for (const part of ['blue-0', 'keeper']) await docker.getContainer(`${name}-down-${part}`).remove({ force: true, v: true });
		await project.done(0, 'down', 'production', '--remove', '--yes');
		expect(await project.things()).toMatchObject(nothing);
	});
});
