import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { startPace } from '../../demo/traffic/pace.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { bridgeFlows, RATE, underTraffic } from '../support/traffic.ts';

const exclusive = ['--strategy', 'exclusive'];
const persistent = { clientid: 'plant', cleansession: false, autoUnsubscribe: false };

describeWithMosquitto('promotions under MQTT and HTTP traffic, with a real broker', () => {
	let broker: Mosquitto;
	let project: Project;
	beforeAll(async () => {
		broker = await startMosquitto();
	});
	afterAll(() => broker.stop());
	beforeEach(async () => {
		project = await createProject({ failOn: 'never', timeouts: { drainMs: 1500 } });
	});
	afterEach(() => project.remove());

	it.each([
		[1, 'MQTT 3.1.1', persistent],
		[2, 'MQTT 5', { ...persistent, protocolVersion: '5', sessionExpiry: '3600' }],
	] as const)(
		'exclusive loses and doubles nothing at QoS %i over a persistent session of %s, in two promotions and a rollback',
		async (qos, _protocol, session) => {
			await project.promote(bridgeFlows('v1', broker.port, { qos, broker: session }));
			let asked = 0;
			const failures: unknown[] = [];
			const counts = await underTraffic(broker.url, qos, async () => {
				const asking = startPace(50, () => {
					asked++;
					askVersion(project).catch((error) => failures.push(error));
					return true;
				});
				await project.promote(bridgeFlows('v2', broker.port, { qos, broker: session }), ...exclusive);
				await project.promote(bridgeFlows('v3', broker.port, { qos, broker: session }), ...exclusive);
				await project.succeed('rollback', '--yes', ...exclusive);
				asking.stop();
			});
			expect(counts.published).toBeGreaterThan(RATE);
			expect(counts).toMatchObject({ lost: 0, duplicated: 0 });
			expect(asked).toBeGreaterThan(50);
			expect(failures).toEqual([]);
		},
	);

	it('says in the plan what a clean session loses by exclusive, and is right', async () => {
		const clean = { cleansession: true };
		await project.promote(bridgeFlows('v1', broker.port, { broker: clean }));
		await project.setFlows(bridgeFlows('v2', broker.port, { broker: clean }));
		const plan = (await project.cli('plan', '--json', ...exclusive)).json();
		expect(plan.effects).toContainEqual({ kind: 'may lose', what: expect.stringContaining('neither release is subscribed'), nodes: 1 });
		const counts = await underTraffic(broker.url, 1, async () => {
			await project.succeed('promote', '--yes', ...exclusive);
		});
		expect(counts.lost).toBeGreaterThan(0);
		expect(counts.duplicated).toBe(0);
	});

	it('waits for work inside, asynchronous work included', async () => {
		const slow = 'setTimeout(() => { node.send(msg); node.done(); }, 400); return;';
		await project.promote(bridgeFlows('v1', broker.port, { broker: persistent, func: slow }));
		const counts = await underTraffic(broker.url, 1, async () => {
			await project.promote(bridgeFlows('v2', broker.port, { broker: persistent, func: slow }));
		});
		expect(counts).toMatchObject({ lost: 0, duplicated: 0 });
	});

	it('names what it could not drain in time, and goes on', async () => {
		const held = {
			id: 'd1',
			type: 'delay',
			z: 'tab1',
			name: 'cool down',
			pauseType: 'delay',
			timeout: '60',
			timeoutUnits: 'seconds',
			x: 500,
			y: 400,
			wires: [[]],
		};
		const tap = {
			id: 'm9',
			type: 'mqtt in',
			z: 'tab1',
			name: '',
			broker: 'b1',
			topic: 'slow',
			qos: '1',
			datatype: 'utf8',
			x: 100,
			y: 400,
			wires: [['d1']],
		};
		const flows = (version: string) => bridgeFlows(version, broker.port, { broker: persistent, more: [held, tap] });
		await project.promote(flows('v1'));
		const client = await mqtt.connectAsync(broker.url);
		await sleep(500); // subscribed by now
		await client.publishAsync('slow', 'one', { qos: 1 });
		await client.publishAsync('slow', 'two', { qos: 1 });
		await client.endAsync();
		await sleep(200);
		const result = await project.promote(flows('v2'));
		expect(result.outcome).toBe('promoted');
		expect(result.drained).toMatchObject({
			drained: false,
			left: [{ id: 'd1', type: 'delay', name: 'cool down', messages: 2, kind: 'outstanding by design', until: 'their time came' }],
		});
		expect(result.warnings).toContainEqual(expect.stringContaining("2 message(s) were still in delay 'cool down'"));
	});

	it('keeps a request that runs while the cutover begins: it is answered by the release that took it', async () => {
		const slowRoute: FlowNode[] = [
			{ id: 's1', type: 'http in', z: 'tab1', name: '', url: '/slow', method: 'get', x: 100, y: 500, wires: [['s2']] },
			{
				id: 's2',
				type: 'delay',
				z: 'tab1',
				name: '',
				pauseType: 'delay',
				timeout: '1',
				timeoutUnits: 'seconds',
				x: 300,
				y: 500,
				wires: [['s3']],
			},
			{ id: 's3', type: 'http response', z: 'tab1', name: '', x: 500, y: 500, wires: [] },
		];
		await project.configure({ timeouts: { drainMs: 10_000 } });
		await project.promote(versionFlows('v1', slowRoute));
		await project.setFlows(versionFlows('v2', slowRoute));
		const answers: Promise<number>[] = [];
		const asking = startPace(5, () => {
			answers.push(fetch(`${project.url}/slow`).then(({ status }) => status));
			return true;
		});
		const { status } = await project.cli('promote', '--yes');
		asking.stop();
		expect(status).toBe(0);
		expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
		expect(answers.length).toBeGreaterThan(5);
	});
});
