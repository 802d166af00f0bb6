import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { createProject, instancesOf } from '../support/project.ts';
import { bridgeFlows, RATE, underTraffic } from '../support/traffic.ts';

describeWithMosquitto('a hot spare, under MQTT traffic', () => {
	let broker: Mosquitto;
	let project: Project;
	beforeAll(async () => {
		broker = await startMosquitto();
		project = await createProject({
			failOn: 'never',
			instances: 2,
			spare: 'hot',
			lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 },
		});
		await project.promote(bridgeFlows('v1', broker.port));
	});
	afterAll(async () => {
		await project.remove();
		await broker.stop();
	});

	/** One is active, and the other one follows it. */
	async function followed(): Promise<{ active: InstanceStatus; spare: InstanceStatus }> {
		const end = performance.now() + 20_000;
		for (;;) {
			const found = instancesOf(await project.status());
			const active = found.find(({ state }) => state === 'active');
			const spare = found.find(({ following }) => following?.counted && following.instance === active?.instance);
			if (active && spare) return { active, spare };
			if (performance.now() > end) throw new Error(`nobody follows: ${JSON.stringify(found)}`);
			await sleep(50);
		}
	}

	async function afterCrash(kill: (active: InstanceStatus) => void): Promise<{ lost: number; duplicated: number }> {
		const { active, spare } = await followed();
		const counts = await underTraffic(broker.url, 1, async () => {
			kill(active);
			for (let waited = 0; waited < 5000; waited += 50) {
				if (instancesOf(await project.status()).some((status) => status.instance === spare.instance && status.state === 'active')) break;
				await sleep(50);
			}
			await sleep(300);
		});
		expect((await project.active()).instance).toBe(spare.instance);
		return counts;
	}

	it('Node-RED killed: nothing is lost, and no more is doubled than was handled since the last position', async () => {
		const counts = await afterCrash(({ childPid }) => process.kill(childPid as number, 'SIGKILL'));
		expect(counts).toMatchObject({ lost: 0 });
		expect(counts.duplicated).toBeLessThanOrEqual(RATE / 4);
	});

	it('and again, the other way round', async () => {
		expect(await afterCrash(({ childPid }) => process.kill(childPid as number, 'SIGKILL'))).toMatchObject({ lost: 0 });
	});

	it('runner killed: nothing is lost', async () => {
		expect(await afterCrash(({ pid }) => process.kill(pid, 'SIGKILL'))).toMatchObject({ lost: 0 });
		await project.succeed('up');
	});

	it('a promotion that is undone: nothing that the new release has handled is handled again', async () => {
		await followed();
		await project.configure({ checks: [{ http: '/nowhere' }], timeouts: { verifyMs: 1000 } });
		await project.setFlows(bridgeFlows('v1b', broker.port));
		const counts = await underTraffic(broker.url, 1, async () => {
			expect((await project.cli('promote', '--yes')).status).toBe(4);
		});
		await project.configure({});
		expect(counts.duplicated).toBeLessThanOrEqual(RATE / 4);
		await followed();
	});

	it('a promotion: nothing is lost or doubled, and the old slot lets go of its connections', async () => {
		await followed();
		const counts = await underTraffic(broker.url, 1, async () => {
			await project.promote(bridgeFlows('v2', broker.port));
			await followed();
		});
		expect(counts).toMatchObject({ lost: 0, duplicated: 0 });
		const { slots } = await project.status();
		expect(slots.flatMap(({ instances }) => instances).map(({ status }) => status?.state)).toEqual([
			'standby',
			'standby',
			'active',
			'gated',
		]);
	});
});
