import { copyFile, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import type { Step } from '../../../src/lib/promotion/machine.ts';
import type { Engine } from '../../../src/lib/targets/docker/engine.ts';
import { connectMachineEngine, describeWithOwnEngine } from '../../support/describe-with-docker.ts';
import { endedAfterEach } from '../../support/ended-after-each.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../../support/engine-project.ts';
import { promoteUntil } from '../../support/interrupted-promotion.ts';
import { measured } from '../../support/measured.ts';
import { type OwnEngine, startOwnEngine } from '../../support/own-engine.ts';
import { versionFlows } from '../../support/project.ts';
import { until } from '../../support/until.ts';
import { startRequests, startWitness, versionOf, type Witness } from '../../support/witness.ts';

jest.setTimeout(300_000);

const NAME = `ffw-crash-tls-${process.pid}`;

describeWithOwnEngine('an Engine on another machine, reached by TLS alone', () => {
	let own: OwnEngine;
	let machine: Engine;
	let engine: Engine;
	let images: ProjectImages;
	let folder: string;
	let project: DockerProject;
	let witness: Witness;
	let env: Record<string, string>;
	const snapshots: Record<string, string> = {};

	beforeAll(async () => {
		machine = await connectMachineEngine();
		images = await projectImages(machine.docker, NAME);
		own = await startOwnEngine({ tls: true });
		for (const image of [images.base, images.router]) await own.loadImage(machine.docker, image);
		engine = await own.connect();
		witness = await startWitness({ host: own.machine });
		folder = await mkdtemp(join(tmpdir(), 'flowferry-remote-'));
		env = { DOCKER_HOST: own.tcp, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: await certificates() };
		const environment = { instances: 2, failOn: 'never' };
		project = await createDockerProject(engine.docker, { name: NAME, images, host: own.ip, env, environment });
	});
	afterAll(async () => {
		const { docker } = engine;
		const removed = await project.done(0, 'down', '--remove', '--yes').then(() => project.things());
		// The Engine has nothing but what the tests have made on it.
		const left = [
			...(await docker.listContainers({ all: true })).flatMap(({ Names }) => Names),
			...(await docker.listVolumes()).Volumes.map(({ Name }) => Name),
			...(await docker.listNetworks()).map(({ Name }) => Name).filter((name) => !['bridge', 'host', 'none'].includes(name)),
		];
		await project.dispose();
		witness.close();
		engine.close();
		await own.stop();
		await images.remove();
		machine.close();
		await rm(folder, { recursive: true });
		expect(removed).toEqual({ containers: 0, networks: 0, volumes: 0, releases: 0 });
		expect(left).toEqual([]);
	});

	const begun = endedAfterEach();

	/** A client's folder, as DOCKER_CERT_PATH names it. */
	async function certificates(): Promise<string> {
		const path = join(folder, 'certificates');
		await mkdir(path);
		const authority = own.authority!;
		const { cert, key } = await authority.issue('client', 'clientAuth');
		for (const [from, to] of [
			[authority.ca, 'ca.pem'],
			[cert, 'cert.pem'],
			[key, 'key.pem'],
		] as const)
			await copyFile(from, join(path, to));
		return path;
	}

	async function promote(version: string): Promise<void> {
		await project.setFlows(versionFlows(version, witness.flows));
		snapshots[version] = (await project.done(0, 'promote', '--yes')).snapshot;
	}
	const served = () => versionOf(project.url);
	const filesOf = async (path: string) => (await readdir(path)).filter((name) => name !== '.cache').toSorted();

	/** All that a status says of what stays as it is, for one client or another. */
	async function seenBy({ done }: Pick<DockerProject, 'done'>) {
		const { health, active, slots, leases, history } = (await done(0, 'status')) as EnvironmentStatus;
		const instances = slots.flatMap((slot) => slot.instances.map(({ name, status }) => [name, status?.holder, status?.state]));
		return { health, active, instances, leases: leases.map(({ seat, holder, token }) => [seat, holder, token]), history };
	}
	/** One is active by the instances' own word, one acts by the witness's, and never have two since then. */
	async function expectOneActive(sinceMs: number): Promise<void> {
		const active = (await seenBy(project)).instances.filter(([, , state]) => state === 'active' || state === 'quiesced');
		expect(active).toHaveLength(1);
		expect(witness.turns(sinceMs).at(-1)?.instance).toBe(active[0]?.[0]);
		expect(witness.doubleActiveMs(sinceMs)).toBe(0);
	}

	it('has a whole promotion, and nothing of it is kept on the client besides the store of its snapshots', async () => {
		const beganMs = performance.now();
		await promote('v1');
		measured('first promotion over TLS', { ms: Math.round(performance.now() - beganMs) });
		expect(await served()).toBe('v1');
		const requests = startRequests(project.url);
		begun.push(requests.stop);
		await promote('v2');
		const counted = await requests.stop();
		measured('promotion over TLS', counted);
		expect(counted.failed).toBe(0);
		expect(await served()).toBe('v2');
		await project.serving();
		await expectOneActive(beganMs);
		const logs = await project.cli('logs', '--tail', '20');
		expect({ status: logs.status, stdout: logs.stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Started flows') });
		expect(await filesOf(join(project.folder, '.flowferry'))).toEqual(['snapshots']);
		expect(await filesOf(project.folder)).toEqual(['.flowferry', 'dev', 'flowferry.yaml']);
	});

	it('is the same for a second client, which switches over and rolls back with the configuration alone', async () => {
		await project.mended();
		const second = await project.elsewhere();
		expect(await seenBy(second)).toEqual(await seenBy(project));
		expect(await second.done(0, 'switchover', '--yes')).toMatchObject({ outcome: 'switched-over' });
		expect(await served()).toBe('v2');
		expect(await second.done(0, 'rollback', '--yes')).toMatchObject({ outcome: 'rolled-back', release: 1 });
		expect(await served()).toBe('v1');
		expect(await filesOf(second.folder)).toEqual(['flowferry.yaml']);
		await project.serving();
		expect(await seenBy(second)).toEqual(await seenBy(project));
	});

	it('lets one client in at a time: the second is told who is at it, and promotes when the first one is gone', async () => {
		await project.mended();
		const beganMs = performance.now();
		const second = await project.elsewhere();
		await cp(join(project.folder, '.flowferry'), join(second.folder, '.flowferry'), { recursive: true });
		const promoteV2 = (status: number) => second.done(status, 'promote', '--snapshot', snapshots.v2 as string, '--yes');
		const first = await promoteUntil(project.folder, { snapshot: snapshots.v2 as string, step: 'hold', moment: 'begun', env });
		begun.push(first.kill);
		const { error } = await promoteV2(6);
		expect(error).toMatchObject({ code: 'LOCKED', message: expect.stringContaining(`(pid ${first.child.pid})`) });
		first.kill();
		await first.ended;
		expect(await promoteV2(0)).toMatchObject({ outcome: 'promoted', snapshot: snapshots.v2 });
		expect(await served()).toBe('v2');
		await project.serving();
		await expectOneActive(beganMs);
	});

	it('comes back without a command when that Engine restarts', async () => {
		await project.mended();
		const before = (await seenBy(project)).active;
		const beganMs = performance.now();
		await own.restart();
		const engineMs = Math.round(performance.now() - beganMs);
		await until(async () => (await served()) !== null, 'it serves', 60_000);
		measured('the Engine restarts', {
			engineMs,
			servesAfterMs: Math.round(performance.now() - beganMs),
			nobodyActedMs: witness.longestSilenceMs(beganMs),
		});
		await project.serving();
		expect((await seenBy(project)).active).toEqual(before);
		await expectOneActive(beganMs);
	});

	it.each<[string, Step, () => Promise<void>]>([
		['restarts', 'prepare', () => own.restart()],
		['is killed and started again', 'activate', () => own.kill().then(() => own.start())],
	])('%s in the middle of a promotion, at %s: one of both releases serves, and nothing is unfinished', async (what, step, end) => {
		await project.mended();
		const [serving, other] = (await served()) === 'v1' ? ['v1', 'v2'] : ['v2', 'v1'];
		const promotion = await promoteUntil(project.folder, { snapshot: snapshots[other as string] as string, step, moment: 'begun', env });
		begun.push(promotion.kill);
		promotion.goOn();
		const beganMs = performance.now();
		await end();
		const exit = await promotion.ended;
		const { outcome } = await (await project.elsewhere()).done(0, 'resume');
		await project.serving();
		const serves = await served();
		measured(`the Engine ${what} at ${step} of a promotion`, {
			exit,
			outcome,
			serves,
			wholeAfterMs: Math.round(performance.now() - beganMs),
			nobodyActedMs: witness.longestSilenceMs(beganMs),
		});
		// Said to have gone well, or to have gone back: then it is so, and there was nothing left to do.
		if (exit === 0 || exit === 4) expect([outcome, serves]).toEqual(['nothing-to-do', exit === 0 ? other : serving]);
		expect(['v1', 'v2']).toContain(serves);
		expect(((await project.done(0, 'status')) as EnvironmentStatus).promotion).toBeNull();
		await expectOneActive(beganMs);
		// No container that no slot has.
		const { instances } = await seenBy(project);
		const wanted = ['keeper', 'router', ...instances.map(([name]) => (name as string).replace('/', '-'))];
		const found = (await engine.docker.listContainers({ all: true })).flatMap(({ Names }) => Names);
		expect(found.toSorted()).toEqual(wanted.map((part) => `/${NAME}-${part}`).toSorted());
	});
});
