import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type Docker from 'dockerode';
import { isGoneWithin } from '../../../src/lib/adapters/process-identity.ts';
import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import type { Step } from '../../../src/lib/promotion/machine.ts';
import type { Engine } from '../../../src/lib/targets/docker/engine.ts';
import type { CliResult } from '../../support/cli.ts';
import { connectMachineEngine, describeWithContainers } from '../../support/describe-with-docker.ts';
import { endedAfterEach } from '../../support/ended-after-each.ts';
import { createDockerProject, type DockerProject, type ProjectImages, projectImages } from '../../support/engine-project.ts';
import { promoteUntil, type StandingPromotion } from '../../support/interrupted-promotion.ts';
import { machineAddress } from '../../support/machine-address.ts';
import { measured } from '../../support/measured.ts';
import { pauseContainer } from '../../support/pause-container.ts';
import { versionFlows } from '../../support/project.ts';
import { thingsNamed } from '../../support/things-named.ts';
import { until } from '../../support/until.ts';
import { type Requests, startRequests, startWitness, versionOf, type Witness } from '../../support/witness.ts';

/** More than all waits of one test together: each fails by its own limit, and says what for. */
jest.setTimeout(300_000);

const NAME = `ffw-crash-${process.pid}`;
const TTL_MS = 2000;
/** For a busy machine, on top of what is promised. */
const SLACK_MS = 2000;
/** For so long nobody may go on with what a command that was killed has begun; then somebody does, and has to be started for it. */
const LOCK_MS = 4000;
const RESUME_MS = 15_000;

describeWithContainers('what people and the machine do to the containers of an environment', () => {
	let engine: Engine;
	let images: ProjectImages;
	let witness: Witness;
	let project: DockerProject;
	let before: string[];
	const snapshots: Record<string, string> = {};

	beforeAll(async () => {
		engine = await connectMachineEngine();
		before = await thingsNamed(engine.docker, NAME);
		images = await projectImages(engine.docker, NAME);
		witness = await startWitness({ host: await machineAddress(engine.docker) });
		project = await createDockerProject(engine.docker, { name: NAME, images, environment: { instances: 2, failOn: 'never' } });
		for (const version of ['v2', 'v1']) {
			await project.setFlows(versionFlows(version, witness.flows));
			snapshots[version] = (await project.done(0, 'promote', '--yes')).snapshot;
		}
		await project.serving();
	});
	afterAll(async () => {
		const removed = await project?.done(0, 'down', '--remove', '--yes').then(() => project.things());
		await project?.dispose();
		await images?.remove();
		witness?.close();
		const left = await thingsNamed(engine.docker, NAME).finally(() => engine.close());
		expect(removed).toEqual({ containers: 0, networks: 0, volumes: 0, releases: 0 });
		expect(left).toEqual(before);
	});

	const begun = endedAfterEach();
	beforeEach(() => project.mended());

	const status = async () => (await project.cli('status', '--json')).json() as EnvironmentStatus;
	const nameOf = (part: string) => `${NAME}-${part.replace('/', '-')}`;
	const pause = (container: Docker.Container) => pauseContainer(engine.docker, container, `${NAME}-state`);
	const container = (part: string) => engine.docker.getContainer(nameOf(part));
	const pidOf = async (part: string) => (await container(part).inspect()).State.Pid;
	const up = async () => await project.done(0, 'up');

	function ask(): Requests {
		const requests = startRequests(project.url);
		begun.push(requests.stop);
		return requests;
	}

	/** `status --json` says what befell it, and its exit status that somebody is to look. */
	function expectNamed({ status, json }: CliResult, ...what: string[]): void {
		const { health } = json() as EnvironmentStatus;
		expect({ status, health }).toEqual({
			status: 5,
			health: { state: 'degraded', reasons: expect.arrayContaining(what.map((each) => expect.stringContaining(each))) },
		});
	}

	/** @returns who acts, in a production that is whole */
	async function acting(): Promise<string> {
		const sinceMs = performance.now();
		await until(() => witness.turns(sinceMs).length > 0, 'somebody acts');
		return witness.turns(sinceMs)[0]?.instance as string;
	}

	describe('the active instance', () => {
		interface Harm {
			what: string;
			act: (victim: Docker.Container, instance: string) => Promise<unknown>;
			withinMs: number;
			/** What `status` says of the victim. */
			named?: (instance: string) => string;
			/** What brings the victim back; default: nothing has to. */
			undo?: (victim: Docker.Container, instance: string) => Promise<unknown>;
		}
		const harms: Harm[] = [
			{
				what: 'docker kill',
				act: (victim) => victim.kill(),
				withinMs: TTL_MS + SLACK_MS,
				named: (instance) => `of ${instance} does not run (Exited (137)`,
				undo: up,
			},
			{
				what: 'docker pause',
				act: pause,
				withinMs: TTL_MS + SLACK_MS,
				named: (instance) => `of ${instance} is paused: docker unpause ${nameOf(instance)}`,
				undo: (victim) => victim.unpause(),
			},
			{
				what: 'docker network disconnect',
				act: (_, instance) => engine.docker.getNetwork(NAME).disconnect({ Container: nameOf(instance), Force: true }),
				withinMs: TTL_MS,
				named: (instance) =>
					`of ${instance} is cut off from its network: docker network connect --alias ${instance.replace('/', '-')} ${NAME} ${nameOf(instance)}`,
				undo: (_, instance) =>
					engine.docker
						.getNetwork(NAME)
						.connect({ Container: nameOf(instance), EndpointConfig: { Aliases: [instance.replace('/', '-')] } }),
			},
			{
				what: 'docker stop',
				act: (victim) => victim.stop(),
				withinMs: TTL_MS,
				named: (instance) => `of ${instance} does not run (Exited (0)`,
				undo: up,
			},
		];

		it.each(harms)(
			'$what: a spare acts in its place, and the victim comes back as a spare',
			async ({ what, act, withinMs, named, undo }) => {
				const active = await acting();
				const sinceMs = performance.now();
				const requests = ask();
				await sleep(300);
				const deedMs = performance.now();
				const next = () => witness.turns(deedMs).find(({ instance }) => instance !== active);
				await Promise.all([act(container(active), active), until(() => next() !== undefined, `another one than ${active} acts`)]);
				const actsAfterMs = Math.round((next()?.fromMs as number) - deedMs);
				await until(async () => (await versionOf(project.url)) === 'v1', 'it serves');
				const counted = await requests.stop();
				const seen = named && (await project.cli('status', '--json'));
				// Whatever was seen: the next test is to begin with a production that is whole.
				await undo?.(container(active), active);
				await project.serving();
				measured(`${what} of the active instance`, { actsAfterMs, ...counted, doubleActiveMs: witness.doubleActiveMs(sinceMs) });
				if (seen) expectNamed(seen, named(active));
				expect(actsAfterMs).toBeLessThan(withinMs);
				// Not one beat of the victim's came after the first of the other's, also once it was back.
				expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active, next()?.instance]);
			},
		);
	});

	it('SIGKILL of the active instance: one of the slot acts again, and never two', async () => {
		const active = await acting();
		const sinceMs = performance.now();
		const requests = ask();
		const pid = await pidOf(active);
		process.kill(pid, 'SIGKILL');
		expect(await isGoneWithin(pid, 5000)).toBe(true);
		// The engine starts it again, and its lease is free at once: where its Node-RED is up first, it may be faster than a warm spare.
		const goneMs = performance.now();
		await until(() => witness.turns(goneMs).length > 0, 'somebody acts');
		const actsAfterMs = Math.round((witness.turns(goneMs)[0]?.fromMs as number) - goneMs);
		await until(async () => (await versionOf(project.url)) === 'v1', 'it serves');
		const counted = await requests.stop();
		await project.serving();
		const order = witness.turns(sinceMs).map(({ instance }) => instance);
		const doubleActiveMs = witness.doubleActiveMs(sinceMs);
		measured('SIGKILL of the active instance', { order, actsAfterMs, ...counted, doubleActiveMs });
		expect(doubleActiveMs).toBe(0);
		expect(actsAfterMs).toBeLessThan(TTL_MS + SLACK_MS);
		expect(order.length).toBeLessThanOrEqual(2);
	});

	it('docker rm -f of the spare is named, costs no request, and up makes it anew', async () => {
		const active = await acting();
		const sinceMs = performance.now();
		const [slot, index] = active.split('/');
		const spare = `${slot}/${1 - Number(index)}`;
		const requests = ask();
		await container(spare).remove({ force: true, v: true });
		expectNamed(await project.cli('status', '--json'), `of ${spare} is gone: flowferry up production`, `no spare stands by in ${slot}`);
		const text = await project.cli('status');
		expect({ status: text.status, stdout: text.stdout }).toEqual({ status: 5, stdout: expect.stringContaining(`of ${spare} is gone`) });
		await up();
		await project.serving();
		const counted = await requests.stop();
		measured('docker rm -f of the spare', counted);
		expect(counted.failed).toBe(0);
		expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active]);
	});

	it('docker rm -f of everything: it is down, and up brings the release back that served', async () => {
		const { active, slots } = await status();
		const parts = ['router', 'keeper', ...slots.flatMap(({ instances }) => instances.map(({ name }) => name))];
		for (const part of parts) await container(part).remove({ force: true, v: true });
		expect((await status()).health).toEqual({ state: 'down' });
		const deedMs = performance.now();
		await up();
		measured('docker rm -f of everything', { upMs: Math.round(performance.now() - deedMs) });
		await project.serving();
		expect((await status()).active).toEqual(active);
		expect(await versionOf(project.url)).toBe('v1');
		expect(witness.turns(deedMs)).toHaveLength(1);
	});

	it('the keeper: what was done to it is named and brought back by any command, and production does not notice', async () => {
		const active = await acting();
		const sinceMs = performance.now();
		const requests = ask();
		const keeper = container('keeper');
		const harms: [string, () => Promise<unknown>][] = [
			['does not run (Exited', () => keeper.kill()],
			['does not run (Exited', () => keeper.stop()],
			['is paused', () => pause(keeper)],
			['is gone', () => keeper.remove({ force: true, v: true })],
		];
		for (const [named, act] of harms) {
			await act();
			expectNamed(await project.cli('status', '--json'), `of the keeper ${named}`);
			await project.serving();
		}
		const counted = await requests.stop();
		measured('docker kill, stop, pause and rm -f of the keeper', counted);
		expect(counted.failed).toBe(0);
		expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active]);
	});

	describe('the router', () => {
		it('SIGKILL: the engine starts it again, and its traffic comes back without a command', async () => {
			const requests = ask();
			await sleep(300);
			const pid = await pidOf('router');
			process.kill(pid, 'SIGKILL');
			await until(async () => ![0, pid].includes(await pidOf('router')), 'another one runs');
			await until(async () => (await versionOf(project.url)) === 'v1', 'it serves');
			measured('SIGKILL of the router', await requests.stop());
			await project.serving();
		});

		it('docker stop: it is named, and up brings it back', async () => {
			const active = await acting();
			const sinceMs = performance.now();
			await container('router').stop();
			expect(await versionOf(project.url)).toBeNull();
			expectNamed(await project.cli('status', '--json'), 'of the router does not run (Exited (143)', 'flowferry up production');
			const beganMs = performance.now();
			await up();
			measured('docker stop of the router', { upMs: Math.round(performance.now() - beganMs) });
			await project.serving();
			expect(await versionOf(project.url)).toBe('v1');
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active]);
		});
	});

	describe('in the middle of a promotion', () => {
		/** Promotes the release that does not serve, and does harm when it has come so far. */
		async function interrupt<T>(step: Step, moment: 'begun' | 'acted', act: (promotion: StandingPromotion) => Promise<T> | T) {
			const old = await acting();
			const sinceMs = performance.now();
			const [serving, other] = (await versionOf(project.url)) === 'v1' ? ['v1', 'v2'] : ['v2', 'v1'];
			const promotion = await promoteUntil(project.folder, { snapshot: snapshots[other as string] as string, step, moment });
			begun.push(promotion.kill);
			await act(promotion);
			const exit = await promotion.ended;
			return { old, sinceMs, serving, other, exit };
		}

		/** One release serves, nothing is unfinished, and never did two act at once. */
		async function expectEnded(
			what: string,
			{ old, sinceMs, exit }: Awaited<ReturnType<typeof interrupt>>,
			outcome: string,
		): Promise<void> {
			await project.serving();
			const last = await acting();
			const nobodyActedMs = witness.longestSilenceMs(sinceMs);
			const doubleActiveMs = witness.doubleActiveMs(sinceMs);
			measured(what, { exit, outcome, nobodyActedMs, doubleActiveMs, serves: await versionOf(project.url) });
			expect(doubleActiveMs).toBe(0);
			const order = witness.turns(sinceMs).map(({ instance }) => instance);
			expect(nobodyActedMs).toBeLessThan(LOCK_MS + RESUME_MS);
			// The old one, the new one at most once, and the old one again where it went back.
			expect(order).toEqual([old, ...(order.length > 1 ? [order[1]] : []), ...(order.length > 2 ? [old] : [])]);
			expect(order.at(-1)).toBe(last);
			expect((await status()).promotion).toBeNull();
		}

		it.each<[Step, 'begun' | 'acted', 'rolled-back' | 'finished']>([
			['hand over', 'acted', 'rolled-back'],
			['release', 'begun', 'finished'],
		])('kill -9 of the command at %s (%s), and resume on another machine: %s', async (step, moment, outcome) => {
			const facts = await interrupt(step, moment, ({ kill }) => kill());
			const { done } = await project.elsewhere();
			expect(await done(0, 'resume')).toMatchObject({ outcome });
			await expectEnded(`kill -9 of the command at ${step}`, facts, outcome);
			expect(await versionOf(project.url)).toBe(outcome === 'finished' ? facts.other : facts.serving);
		});

		it('kill -9 of the command at drain, and abort: the old release serves on', async () => {
			const facts = await interrupt('drain', 'acted', ({ kill }) => kill());
			const { outcome } = await project.done(0, 'abort', '--yes');
			await expectEnded('kill -9 of the command at drain', facts, outcome);
			expect(await versionOf(project.url)).toBe(facts.serving);
		});

		it('docker rm -f of the keeper at hand over: it goes on over another one', async () => {
			const facts = await interrupt('hand over', 'begun', async ({ goOn }) => {
				await container('keeper').remove({ force: true, v: true });
				goOn();
			});
			const { outcome } = await project.done(0, 'resume');
			await expectEnded('docker rm -f of the keeper at hand over', facts, outcome);
			// It has gone well, or gone back: then it is so, and there was nothing left to do.
			expect([0, 4]).toContain(facts.exit);
			expect(outcome).toBe('nothing-to-do');
			expect(await versionOf(project.url)).toBe(facts.exit === 0 ? facts.other : facts.serving);
		});
	});
});
