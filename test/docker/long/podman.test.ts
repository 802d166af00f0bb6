import { jest } from '@jest/globals';
import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import type { Engine } from '../../../src/lib/targets/docker/engine.ts';
import { connectMachineEngine } from '../../support/describe-with-docker.ts';
import { endedAfterEach } from '../../support/ended-after-each.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../../support/engine-project.ts';
import { measured } from '../../support/measured.ts';
import { describeWithPodman, type OwnPodman, startOwnPodman } from '../../support/own-podman.ts';
import { versionFlows } from '../../support/project.ts';
import { until } from '../../support/until.ts';
import { startRequests, startWitness, versionOf, type Witness } from '../../support/witness.ts';

jest.setTimeout(300_000);

const NAME = `ffw-podman-${process.pid}`;
/** Where Podman looks for a name without a registry that comes by its API. */
const HUB = 'docker.io/library/';

describeWithPodman('an environment on Podman', () => {
	let machine: Engine;
	let podman: OwnPodman;
	let engine: Engine;
	let images: ProjectImages;
	let witness: Witness;
	let project: DockerProject;

	beforeAll(async () => {
		machine = await connectMachineEngine();
		images = await projectImages(machine.docker, NAME);
		podman = await startOwnPodman();
		engine = await podman.connect();
		for (const image of [images.base, images.router]) {
			await podman.loadImage(machine.docker, image);
			const [repo, tag] = image.split(':') as [string, string];
			// What is loaded without a registry in its name is Podman's own.
			await engine.docker.getImage(`localhost/${image}`).tag({ repo: `${HUB}${repo}`, tag });
		}
		witness = await startWitness({ host: podman.machine });
		project = await createDockerProject(engine.docker, {
			name: NAME,
			images,
			host: podman.ip,
			env: { DOCKER_HOST: podman.host },
			environment: { instances: 2, failOn: 'never' },
			docker: { keepImages: 1 },
		});
	});
	afterAll(async () => {
		await project?.dispose();
		witness?.close();
		engine?.close();
		await podman?.stop();
		await images?.remove();
		machine?.close();
	});

	const begun = endedAfterEach();

	const served = () => versionOf(project.url);
	const promote = async (version: string) => {
		await project.setFlows(versionFlows(version, witness.flows));
		await project.done(0, 'promote', '--yes');
	};
	const pidOf = async (part: string) => (await engine.docker.getContainer(`${NAME}-${part}`).inspect()).State.Pid;
	const status = async () => (await project.done(0, 'status')) as EnvironmentStatus;

	it('has two promotions and a rollback, and fails no request', async () => {
		process.stdout.write(`Podman ${podman.version}\n`);
		await promote('v1');
		expect(await served()).toBe('v1');
		await project.serving();
		const sinceMs = performance.now();
		const requests = startRequests(project.url);
		begun.push(requests.stop);
		await promote('v2');
		expect(await served()).toBe('v2');
		expect(await project.done(0, 'rollback', '--yes')).toMatchObject({ outcome: 'rolled-back', release: 1 });
		expect(await served()).toBe('v1');
		const counted = await requests.stop();
		const facts = { ...counted, nobodyActedMs: witness.longestSilenceMs(sinceMs), twoActedMs: witness.doubleActiveMs(sinceMs) };
		measured('a promotion and a rollback on Podman', facts);
		expect(facts).toMatchObject({ failed: 0, twoActedMs: 0 });
		expect(facts.requests).toBeGreaterThan(20);
	});

	it('has its checks reach an instance before it serves, be they by HTTP or a command', async () => {
		const reach = `${process.execPath} -e "fetch(process.env.FLOWFERRY_URL + '/version').then((r) => process.exit(r.ok ? 0 : 1))"`;
		await project.configure({ checks: [{ http: '/version', contains: 'v3' }, { command: reach }] });
		await promote('v3');
		expect(await served()).toBe('v3');
		const logs = await project.cli('logs', '--tail', '50');
		expect({ status: logs.status, stdout: logs.stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Started flows') });
	});

	it('goes through all drills that an engine can do', async () => {
		await project.serving();
		const sinceMs = performance.now();
		const { drills } = await project.done(0, 'drill', '--yes');
		measured('drills on Podman', drills);
		expect(witness.doubleActiveMs(sinceMs)).toBe(0);
		await project.serving();
	});

	it('gets back what was killed, stopped or removed', async () => {
		process.kill(await pidOf('router'), 'SIGKILL');
		const beganMs = performance.now();
		await until(async () => (await served()) === 'v3', 'the router is back', 60_000);
		measured('the router is killed on Podman', { servesAfterMs: Math.round(performance.now() - beganMs) });
		const slot = (await status()).active?.slot;
		for (const index of [0, 1]) process.kill(await pidOf(`${slot}-${index}`), 'SIGKILL');
		await until(async () => (await served()) === 'v3', 'the instances are back', 60_000);
		await project.serving();
		await engine.docker.getContainer(`${NAME}-keeper`).stop();
		await project.serving();
		await engine.docker.getContainer(`${NAME}-${slot}-0`).remove({ force: true, v: true });
		expect((await project.cli('status', '--json')).status).toBe(5);
		await project.done(0, 'up');
		await project.serving();
	});

	it('serves on while the service of Podman is away', async () => {
		const requests = startRequests(project.url);
		begun.push(requests.stop);
		await podman.restart();
		await project.serving();
		expect(await requests.stop()).toMatchObject({ failed: 0 });
	});

	it('goes down and up again, and leaves nothing when it is removed', async () => {
		await project.done(0, 'down', '--yes');
		expect(await served()).toBeNull();
		await project.done(0, 'up');
		expect(await served()).toBe('v3');
		await project.done(0, 'down', '--remove', '--yes');
		const names = (await engine.docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
		expect(names.filter((name) => name.includes('/release:'))).toEqual([]);
		expect(await project.things()).toEqual({ containers: 0, networks: 0, volumes: 0, releases: 0 });
		expect((await engine.docker.listVolumes()).Volumes).toEqual([]);
	});
});
