import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPace } from '../../demo/traffic/pace.ts';
import { createContext } from '../../src/context.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import type { PromotionResult } from '../../src/lib/cutover/promote.ts';
import type { ExplainedPromotion } from '../../src/lib/promotion/explain.ts';
import type { InstanceState } from '../../src/lib/targets/instance.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject } from '../support/project.ts';
import { expectRefusal } from '../support/standing.ts';
import { bridgeFlows, RATE, underTraffic } from '../support/traffic.ts';

/** Its flows run, and no gate is before them. */
const RUNS: ReadonlySet<InstanceState> = new Set(['activating', 'active', 'quiesced']);

const switchAndWait = fileURLToPath(new URL('../crash/promote-and-wait.ts', import.meta.url));

describeWithMosquitto('switchovers between two instances of one release, under MQTT and HTTP traffic', () => {
	let broker: Mosquitto;
	let project: Project;
	beforeAll(async () => {
		broker = await startMosquitto();
		project = await createProject({
			failOn: 'never',
			instances: 2,
			timeouts: { lockMs: 2000 },
			lease: { ttlMs: 1500, renewDeadlineMs: 1000, retryMs: 300 },
		});
		await project.promote(bridgeFlows('v1', broker.port));
	});
	afterAll(async () => {
		await project.remove();
		await broker.stop();
	});

	it('there and back, and there again: nothing lost, nothing doubled, no request failed, never two actives', async () => {
		const results: PromotionResult[] = [];
		const requests = { made: 0, failures: [] as unknown[] };
		const witness = await watchActives(project);
		const counts = await underTraffic(broker.url, 1, async () => {
			const asking = startPace(50, () => {
				requests.made++;
				askVersion(project).catch((error) => requests.failures.push(error));
				return true;
			});
			for (const more of [[], ['--to', 'blue/0'], []]) {
				const { status, json } = await project.cli('switchover', '--yes', '--json', ...more);
				expect(status).toBe(0);
				results.push(json());
				await sleep(300);
			}
			asking.stop();
		});
		expect(results.map(({ outcome, strategy, from, to }) => [outcome, strategy, from?.instance, to.instance])).toEqual([
			['switched-over', 'gated', 'blue/0', 'blue/1'],
			['switched-over', 'gated', 'blue/1', 'blue/0'],
			['switched-over', 'gated', 'blue/0', 'blue/1'],
		]);
		// None had to do without the gate.
		expect(results.map(({ gate }) => gate)).toEqual(results.map(() => expect.any(Object)));
		expect(results.flatMap(({ warnings }) => warnings)).toEqual([]);
		expect(counts.published).toBeGreaterThan(RATE);
		expect(counts).toMatchObject({ lost: 0, duplicated: 0 });
		expect(requests.made).toBeGreaterThan(50);
		expect(requests.failures).toEqual([]);
		expect(await witness.stop()).toEqual({ most: 1, seen: ['blue/0', 'blue/1'] });

		expect((await project.active()).instance).toBe('blue/1');
		const { health, slots, history } = await project.status();
		expect(health).toEqual({ state: 'serving' });
		expect(slots[0]?.instances.map(({ status }) => status?.state)).toEqual(['standby', 'active']);
		expect(slots[1]).toMatchObject({ release: null, instances: [] });
		expect(history[0]).toMatchObject({ kind: 'switchover', from: { instance: 'blue/0' }, to: { instance: 'blue/1' } });
		expect((await project.cli('history', '--limit', '1')).stdout).toMatch(/switchover release 1 \(\w+\) from blue\/0 to blue\/1, gated/);
		expect((await project.cli('status')).stdout).toContain('switchover from blue/0 to blue/1  served');
	});

	it.each([
		['hand over', 'acted', 'rolled-back'],
		['release', 'begun', 'finished'],
	] as const)(
		"whose command is killed at '%s', %s: resume leaves exactly one active, and requests only wait",
		async (step, moment, outcome) => {
			const before = (await project.active()).instance;
			const spare = before === 'blue/0' ? 'blue/1' : 'blue/0';
			const args = [join(project.folder, 'flowferry.yaml'), 'switchover', 'gated', step, moment];
			const command = fork(switchAndWait, args, { cwd: project.folder, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
			const ended = once(command, 'exit');
			expect((await Promise.race([once(command, 'message'), ended]))[0]).toBe('there');
			command.kill('SIGKILL');
			await ended;
			const waiting = askVersion(project, 20_000);

			const resumed = await project.cli('resume', '--json');
			expect(resumed.status).toBe(0);
			const { promotion, ...result } = resumed.json() as { promotion: ExplainedPromotion };
			expect(result).toEqual({ outcome, environment: 'production', release: 1 });
			expect(promotion).toMatchObject({ kind: 'switchover', from: { instance: before }, to: { instance: spare } });
			expect(promotion.acts.find((act) => act.outcome === 'interrupted')?.act).toBe(step);
			expect(await waiting).toBe('v1');
			expect((await project.active()).instance).toBe(outcome === 'finished' ? spare : before);
			expect((await project.status()).health).toEqual({ state: 'serving' });
		},
	);

	it('is refused, and nothing is touched, where no instance of the release is named', async () => {
		const says = ['green/0 is no instance of release 1', '(standby)'];
		await expectRefusal(project, ['switchover', '--yes', '--to', 'green/0'], { status: 2, code: 'INSTANCE_UNKNOWN', says });
	});
});

/**
 * Asks the runners themselves, again and again, who is active. They answer one after the other, so each is asked twice: who is
 * active both times was so when the last of the first answers came, whoever it is.
 */
async function watchActives({ folder }: Project) {
	const context = await createContext(join(folder, 'flowferry.yaml'));
	const target = await context.openTarget(environmentOf(context.config));
	const seen = new Set<string>();
	let most = 0;
	let watching = true;
	const watched = (async () => {
		while (watching) {
			const before = await askActives(target);
			const after = new Set(await askActives(target));
			const active = before.filter((name) => after.has(name));
			most = Math.max(most, active.length);
			for (const name of active) seen.add(name);
			await sleep(10);
		}
		target.close();
	})();
	return {
		stop: async () => {
			watching = false;
			await watched;
			return { most, seen: [...seen].sort() };
		},
	};
}

async function askActives(target: Target): Promise<string[]> {
	const statuses = await Promise.all((await target.instances('blue')).map((instance) => instance.status()));
	return statuses.flatMap((status) => (status && RUNS.has(status.state) ? [status.instance] : []));
}
