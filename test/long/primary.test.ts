import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { createProject, node, versionFlows } from '../support/project.ts';

/** What came out of a flow, and of which Node-RED. */
interface Firing {
	/** `tick/v1`, `once/v1`. */
	topic: string;
	pid: number;
}

/** One inject every 200 ms and one at the start; both tell the broker in which process they fired. */
function firingFlows(version: string, port: number): FlowNode[] {
	return versionFlows(version, [
		{
			id: 'b1',
			type: 'mqtt-broker',
			name: '',
			broker: '127.0.0.1',
			port: String(port),
			clientid: '',
			protocolVersion: '4',
			keepalive: '60',
		},
		node('tick', 'inject', {
			props: [{ p: 'topic', vt: 'str' }],
			topic: 'tick',
			repeat: '0.2',
			crontab: '',
			once: false,
			wires: [['who']],
		}),
		node('start', 'inject', { props: [{ p: 'topic', vt: 'str' }], topic: 'once', repeat: '', crontab: '', once: true, wires: [['who']] }),
		node('who', 'function', {
			func: `return { topic: \`\${msg.topic}/${version}\`, payload: String(process.pid) };`,
			libs: [{ var: 'process', module: 'process' }],
			outputs: 1,
			wires: [['out']],
		}),
		node('out', 'mqtt out', { broker: 'b1', topic: '', qos: '1', retain: '' }),
	]);
}

describeWithMosquitto('timers of several instances', () => {
	// It outlives what a busy machine takes for a role that goes over at once.
	const lease = { ttlMs: 6000, renewDeadlineMs: 4500, retryMs: 500 };
	let broker: Mosquitto;
	let project: Project;
	let witness: mqtt.MqttClient;
	const fired: Firing[] = [];
	beforeAll(async () => {
		broker = await startMosquitto();
		project = await createProject({ mode: 'load-balanced', instances: 2, lease });
		witness = await mqtt.connectAsync(broker.url);
		witness.on('message', (topic, payload) => fired.push({ topic, pid: Number(payload.toString()) }));
		await witness.subscribeAsync(['tick/#', 'once/#'], { qos: 1 });
	});
	afterAll(async () => {
		await witness?.endAsync(true);
		await project?.remove();
		await broker?.stop();
	});

	const firedAs = (topic: string) => fired.filter((firing) => firing.topic === topic).map(({ pid }) => pid);
	/** Whose ticks came, one after the other; whoever comes twice ticked beside another. */
	const turns = () =>
		fired.filter(({ topic }) => topic.startsWith('tick/')).flatMap(({ pid }, at, all) => (pid === all[at - 1]?.pid ? [] : [pid]));

	async function serving(): Promise<InstanceStatus[]> {
		const { active, slots } = await project.status();
		return slots.filter(({ slot }) => slot === active?.slot).flatMap(({ instances }) => instances.flatMap(({ status }) => status ?? []));
	}

	async function untilServing(): Promise<void> {
		while ((await project.status()).health.state !== 'serving') await sleep(100);
	}

	it('fire on the primary alone, at the start and after', async () => {
		await project.promote(firingFlows('v1', broker.port));
		await sleep(1000);
		const instances = await serving();
		expect(instances.map(({ primary }) => primary).sort()).toEqual([false, true]);
		const primary = instances.find((instance) => instance.primary)?.childPid;
		expect(turns()).toEqual([primary]);
		expect(firedAs('tick/v1').length).toBeGreaterThan(3);
		expect(firedAs('once/v1')).toEqual([primary]);
		expect((await project.cli('status')).stdout.match(/\bprimary\b/g)).toHaveLength(1);
	});

	it('go on long before its lease would end on another instance where the primary ends, and are not started anew', async () => {
		const [primary, other] = (await serving()).sort((one, two) => Number(two.primary) - Number(one.primary)) as [
			InstanceStatus,
			InstanceStatus,
		];
		const killedAt = performance.now();
		process.kill(primary.childPid as number, 'SIGKILL');
		while (turns().at(-1) !== other.childPid && performance.now() - killedAt < 10_000) await sleep(5);
		expect(performance.now() - killedAt).toBeLessThan(lease.ttlMs / 2);
		await untilServing();
		await sleep(500);
		expect(turns()).toEqual([primary.childPid, other.childPid]);
		expect(firedAs('once/v1')).toEqual([primary.childPid]);
	});

	it.each([
		['v2', 'gated', expect.any(Object)],
		['v3', 'exclusive', null],
	])('go over to release %s (%s) at one moment, which fires once at its start', async (version, strategy, gate) => {
		const before = turns();
		const result = await project.promote(firingFlows(version, broker.port), '--strategy', strategy);
		expect(result).toMatchObject({ strategy, gate });
		await sleep(800);
		const primary = (await serving()).find((instance) => instance.primary)?.childPid;
		expect(turns()).toEqual([...before, primary]);
		expect(firedAs(`once/${version}`)).toEqual([primary]);
		expect(fired.slice(fired.findIndex(({ topic }) => topic.endsWith(version))).every(({ topic }) => topic.endsWith(version))).toBe(true);
	});
});
