import { setTimeout as sleep } from 'node:timers/promises';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { createProject } from '../support/project.ts';
import { bridgeFlows, underTraffic } from '../support/traffic.ts';

const persistent = { clientid: 'plant', cleansession: false, autoUnsubscribe: false };

describeWithMosquitto('promotions whose new flows wait behind a gate, under MQTT traffic', () => {
	let broker: Mosquitto;
	let project: Project;
	beforeAll(async () => {
		broker = await startMosquitto();
		project = await createProject({ failOn: 'never' });
	});
	afterAll(async () => {
		await project.remove();
		await broker.stop();
	});

	it.each([
		['gated', 'ordinary subscriptions at QoS 1', 1, {}, 'in'],
		['gated', 'ordinary subscriptions at QoS 0', 0, {}, 'in'],
		['gated', 'ordinary subscriptions at QoS 2', 2, {}, 'in'],
		['overlap', 'shared subscriptions', 1, { protocolVersion: '5' }, '$share/plant/in'],
		['takeover', 'a persistent session', 1, persistent, 'in'],
	] as const)(
		'%s, chosen for %s: nothing lost, nothing doubled, in a promotion and a rollback',
		async (strategy, _what, qos, session, topic) => {
			await project.promote(bridgeFlows('v1', broker.port, { qos, broker: session, topic }));
			const results: { strategy: string; gate: object; warnings: string[]; gapMs: number; drained: object }[] = [];
			const counts = await underTraffic(broker.url, qos, async () => {
				results.push(await project.promote(bridgeFlows('v2', broker.port, { qos, broker: session, topic })));
				await sleep(300);
				const back = await project.cli('rollback', '--yes', '--json');
				expect(back.status).toBe(0);
				results.push(back.json());
			});
			expect(results.map((result) => result.strategy)).toEqual([strategy, strategy]);
			// Neither had to do without the gate.
			expect(results.map(({ gate }) => gate)).toEqual([expect.any(Object), expect.any(Object)]);
			expect(counts).toMatchObject({ lost: 0, duplicated: 0 });
		},
	);
});
