import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { createProject, node } from '../support/project.ts';
import { bridgeFlows, underTraffic } from '../support/traffic.ts';

/** `source → function → mqtt out` on a topic of its own. */
function tap(id: string, source: FlowNode, topic: string, func: string): FlowNode[] {
	return [
		{ ...source, id, wires: [[`${id}-fn`]] },
		node(`${id}-fn`, 'function', { func: `${func}\nmsg.topic = '${topic}'; return msg;`, outputs: 1, wires: [[`${id}-out`]] }),
		node(`${id}-out`, 'mqtt out', { topic: '', qos: '1', retain: 'false', broker: 'b1' }),
	];
}
const subscribe = (topic: string) => node('', 'mqtt in', { topic, qos: '1', datatype: 'utf8', broker: 'b1' });

describeWithMosquitto('what waits at the gate', () => {
	let broker: Mosquitto;
	let project: Project;
	const onTestEnd: (() => Promise<unknown>)[] = [];
	afterEach(() => Promise.all(onTestEnd.splice(0).map((end) => end())));
	beforeAll(async () => {
		broker = await startMosquitto();
		project = await createProject({ failOn: 'never' });
	});
	afterAll(async () => {
		await project.remove();
		await broker.stop();
	});

	const flows = (version: string) => [
		...bridgeFlows(version, broker.port, { topic: 'elsewhere' }),
		// The bridge again, inside a subflow: Node-RED makes up its nodes' ids at each start.
		{ id: 'sub', type: 'subflow', name: 'Bridge', in: [], out: [] },
		...bridgeFlows(version, broker.port)
			.filter(({ id }) => ['m1', 'm2', 'm3'].includes(id))
			.map((part) => ({
				...part,
				id: `s-${part.id}`,
				z: 'sub',
				wires: (part.wires as string[][]).map((wires) => wires.map((wire) => `s-${wire}`)),
			})),
		node('instance', 'subflow:sub', { wires: [] }),
		// On a connection of its own: overlapping subscriptions of one connection get a retained message twice.
		{ ...(bridgeFlows(version, broker.port).find(({ id }) => id === 'b1') as FlowNode), id: 'b2' },
		...tap(
			'all',
			{ ...subscribe('#'), broker: 'b2' },
			'seen/all',
			"if (!msg.topic.startsWith('flowferry')) return null; msg.payload = msg.topic;",
		),
		...tap('kept', subscribe('setpoint'), 'seen/kept', `msg.payload = '${version} ' + msg.payload;`),
		...tap(
			'boot',
			node('', 'inject', {
				once: true,
				onceDelay: '0.1',
				repeat: '',
				crontab: '',
				props: [{ p: 'payload' }],
				payload: '',
				payloadType: 'date',
			}),
			'seen/boot',
			`msg.payload = '${version}';`,
		),
	];

	it('counts inside subflows, keeps its own messages from the flows, and lets through what a start needs, once', async () => {
		const client = await mqtt.connectAsync(broker.url);
		onTestEnd.push(() => client.endAsync(true));
		const seen: string[] = [];
		await client.publishAsync('setpoint', '21', { qos: 1, retain: true });
		client.on('message', (topic, payload) => seen.push(`${topic} ${payload}`));
		await client.subscribeAsync('seen/#', { qos: 1 });

		await project.promote(flows('v1'));
		await sleep(500);
		expect(seen.splice(0).sort()).toEqual(['seen/boot v1', 'seen/kept v1 21']);
		let strategy: unknown;
		const counts = await underTraffic(broker.url, 1, async () => {
			strategy = (await project.promote(flows('v2'))).strategy;
			await sleep(300);
		});
		expect(strategy).toBe('gated');
		expect(counts).toMatchObject({ lost: 0, duplicated: 0 });
		expect(seen.sort()).toEqual(['seen/boot v2', 'seen/kept v2 21']);
	});
});

describeWithMosquitto('a broker that keeps the gate from finding its cut', () => {
	it('has the new flows start after the old ones, and the report say so, where it refuses the topic', async () => {
		const broker = await startMosquitto({ readable: ['in', 'out'] });
		const project = await createProject({ failOn: 'never', timeouts: { connectMs: 700 } });
		try {
			await project.promote(bridgeFlows('v1', broker.port));
			const result = await project.promote(bridgeFlows('v2', broker.port));
			expect(result).toMatchObject({ outcome: 'promoted', strategy: 'gated', gate: null });
			expect(result.warnings).toContainEqual(
				expect.stringMatching(
					/^the new flows could not wait behind a gate, and started after the old ones had stopped: no message on flowferry\/cut/,
				),
			);
			// It serves: what comes in goes out, once.
			expect(await underTraffic(broker.url, 1, () => sleep(500))).toMatchObject({ lost: 0, duplicated: 0 });
		} finally {
			await project.remove();
			await broker.stop();
		}
	});
});
