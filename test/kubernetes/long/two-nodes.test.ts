import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import { label } from '../../../src/lib/kubernetes/names.ts';
import { slotNames, slotOf } from '../../../src/lib/promotion/journal.ts';
import { makeBedImages } from '../../support/bed-images.ts';
import { connectMachineEngine } from '../../support/describe-with-docker.ts';
import { describeWithSecondNode, testKubeconfig } from '../../support/describe-with-kubernetes.ts';
import { createKubernetesProject, type KubernetesProject } from '../../support/kubernetes-project.ts';
import { machineAddress } from '../../support/machine-address.ts';
import { measured } from '../../support/measured.ts';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { NODE_TAINT, type SecondNode, startSecondNode } from '../../support/second-node.ts';
import { expectErrorJson } from '../../support/standing.ts';
import { bridgeFlows, underTraffic } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';
import { startRequests, startWitness, versionOf, type Witness } from '../../support/witness.ts';

jest.setTimeout(600_000);

/** The machine itself, as a node of the cluster that is built for tests. */
const HERE = 'node1';
/** As configured. */
const TTL_MS = 6000;
const RENEW_DEADLINE_MS = 4000;
/** Of a hot spare's flows, behind their gate already; and for a busy machine. */
const START_MS = 3000;
/** A cluster takes a node for lost after 40 s; then its pods are told to end, as soon as they tolerate that no longer. */
const LOST_MS = 90_000;
/** Of what somebody does while a node is lost: an answer, or an error that says what to do. */
const ANSWERS_MS = 60_000;

describeWithSecondNode('an environment on two nodes', () => {
	let images: Awaited<ReturnType<typeof makeBedImages>>;
	let node: SecondNode;
	let witness: Witness;
	let broker: Mosquitto;
	let project: KubernetesProject;
	const image = `ffk-two-nodes:${process.pid}-${Date.now()}`;
	const tolerations = [
		{ key: NODE_TAINT, operator: 'Exists' },
		...['unreachable', 'not-ready'].map((why) => ({
			...{ key: `node.kubernetes.io/${why}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 2 },
		})),
	];
	const keys = { failOn: 'never', spare: 'hot' };
	const onBoth = { ...keys, kubernetes: { build: false, image, tolerations } };
	const onlyOn = (name: string) => ({
		...keys,
		kubernetes: { ...onBoth.kubernetes, nodeSelector: { 'kubernetes.io/hostname': name } },
	});

	beforeAll(async () => {
		const { docker, close } = await connectMachineEngine();
		const host = await machineAddress(docker).finally(close);
		images = await makeBedImages('ffk-two-nodes');
		node = await startSecondNode();
		witness = await startWitness({ host }, node.place);
		broker = await startMosquitto({ host, more: ['max_queued_messages 0', 'max_inflight_messages 0'] });
		project = await createKubernetesProject(images.base, keys);
		await project.setFlows(flowsOf('v1'));
		await project.done(0, 'image', 'build', 'production', '--tag', image);
		await node.loadImage(image);
		await project.configure(onBoth);
		await project.done(0, 'promote', '--yes');
		// Both slots are to have pods.
		await project.done(0, 'promote', '--again', '--yes');
		await project.serving();
	}, 600_000);
	// Apart, so that what one of them cannot remove does not keep the others from it.
	afterAll(() => project?.dispose(), 180_000);
	afterAll(() => node?.remove(), 180_000);
	afterAll(async () => {
		witness?.close();
		await broker?.stop();
		await images?.remove();
	}, 180_000);

	const flowsOf = (version: string) => bridgeFlows(version, broker.port, { broker: { broker: broker.host }, more: witness.flows });
	const kubectl = async (...args: string[]) =>
		(await promisify(execFile)('kubectl', ['--kubeconfig', testKubeconfig ?? '', '--namespace', project.cluster.namespace, ...args]))
			.stdout;
	const at = (instance: string) => ({ namespace: project.cluster.namespace, name: project.names.pod(instance) });
	const status = async () => (await project.cli('status', '--json')).json() as EnvironmentStatus;
	const podsOf = async (slot: string) => {
		const labelSelector = `${label.slot}=${slot}`;
		const { items } = await project.cluster.core.listNamespacedPod({ namespace: project.cluster.namespace, labelSelector });
		return items;
	};
	const nodeOf = async (instance: string) => (await project.cluster.core.readNamespacedPod(at(instance))).spec?.nodeName ?? '';
	const twinOf = (instance: string) => `${slotOf(instance)}/${1 - Number(instance.at(-1))}`;

	/** Production as it should be, with one that acts. @returns it */
	async function steady(): Promise<string> {
		await project.serving();
		const sinceMs = performance.now();
		await until(() => witness.turns(sinceMs).length > 0, 'somebody acts');
		return witness.turns(sinceMs)[0]?.instance as string;
	}

	/** Production as it should be, the two pods of each slot on different nodes. @returns the active one */
	async function apart(): Promise<string> {
		const active = await steady();
		for (const slot of slotNames) {
			const spare = slot === slotOf(active) ? twinOf(active) : `${slot}/1`;
			if ((await nodeOf(spare)) !== (await nodeOf(twinOf(spare)))) continue;
			const { metadata } = await project.cluster.core.readNamespacedPod(at(spare));
			await project.cluster.core.deleteNamespacedPod(at(spare));
			const isAnother = async () => (await podsOf(slot)).every((pod) => pod.metadata?.uid !== metadata?.uid);
			await until(isAnother, `${spare} is made anew`, 60_000);
			await project.serving();
			expect(await nodeOf(spare)).not.toBe(await nodeOf(twinOf(spare)));
		}
		return await steady();
	}

	/** The same, the active one on the second node. */
	async function apartWithActiveThere(): Promise<string> {
		const active = await apart();
		if ((await nodeOf(active)) === node.name) return active;
		await project.done(0, 'switchover', '--yes');
		return await steady();
	}

	/** What clients and the witness see of one that takes over while work goes on. */
	async function takenOver(active: string, work: () => Promise<unknown>, withinMs: number) {
		const sinceMs = performance.now();
		const requests = startRequests(await project.url());
		await sleep(500);
		const deedMs = performance.now();
		await work();
		const next = () => witness.turns(deedMs).find(({ instance }) => instance !== active);
		await until(() => next() !== undefined, `another one than ${active} acts`, withinMs + 20_000);
		const servesAgain = async () => (await versionOf(await project.url())) !== null;
		await until(servesAgain, 'it serves', 30_000);
		await sleep(1000);
		const counted = await requests.stop();
		const turns = witness.turns(sinceMs);
		const oldActedForMs = Math.round(Math.max(0, (turns.findLast(({ instance }) => instance === active)?.toMs ?? deedMs) - deedMs));
		const actsAfterMs = Math.round((next()?.fromMs as number) - deedMs);
		const facts = { oldActedForMs, actsAfterMs, doubleActiveMs: witness.doubleActiveMs(sinceMs), ...counted };
		return { facts, sinceMs, deedMs, order: turns.map(({ instance }) => instance) };
	}

	it('has the two pods of a slot on different nodes', async () => {
		const { active } = await status();
		const pods = await podsOf(active?.slot ?? '');
		expect(pods.map(({ spec }) => spec?.nodeName).toSorted()).toEqual([node.name, HERE].toSorted());
	});

	describe('a promotion from one node to the other', () => {
		it.each(['v2', 'v3'])('%s: no request fails, no message is lost or comes twice', async (version) => {
			const old = await steady();
			const from = await nodeOf(old);
			const to = from === node.name ? HERE : node.name;
			await project.configure(onlyOn(to));
			await project.setFlows(flowsOf(version));
			const sinceMs = performance.now();
			const requests = startRequests(await project.url());
			let promoted: { gapMs?: number; drained?: object; steps?: { step: string; durationMs: number }[] } = {};
			const messages = await underTraffic(broker.url, 1, async () => {
				promoted = await project.done(0, 'promote', '--yes');
			});
			const counted = await requests.stop();
			const active = await steady();
			const steps = Object.fromEntries((promoted.steps ?? []).map(({ step, durationMs }) => [step, durationMs]));
			const facts = { gapMs: promoted.gapMs, doubleActiveMs: witness.doubleActiveMs(sinceMs), ...counted, ...messages };
			measured(`a promotion from ${from} to ${to}`, { ...facts, drained: promoted.drained, steps });
			expect(await nodeOf(active)).toBe(to);
			expect(facts).toMatchObject({ doubleActiveMs: 0, failed: 0, lost: 0, duplicated: 0 });
			expect(await versionOf(await project.url())).toBe(version);
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([old, active]);
		});

		afterAll(async () => {
			// Of both slots, the one kept warm, too, pods may be anywhere again.
			await project.configure(onBoth);
			for (const version of ['v4', 'v5']) {
				await project.setFlows(flowsOf(version));
				await project.done(0, 'promote', '--yes');
			}
		}, 300_000);
	});

	it("kubectl drain of the active one's node: the spare on the other acts, no request fails, and all comes back", async () => {
		const active = await apartWithActiveThere();
		const drain = ['drain', node.name, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout', '180s'];
		let drained: Promise<unknown> = Promise.resolve();
		const { facts, order } = await takenOver(
			active,
			async () => {
				drained = kubectl(...drain, '--pod-selector', `${label.instance}=${project.names.prefix}`);
				drained.catch(() => {});
			},
			30_000,
		);
		await drained;
		await project.serving();
		const left = (await Promise.all(slotNames.map(podsOf))).flat().filter(({ spec }) => spec?.nodeName === node.name);
		await kubectl('uncordon', node.name);
		measured("kubectl drain of the active one's node", facts);
		expect(left).toEqual([]);
		expect(facts).toMatchObject({ doubleActiveMs: 0, failed: 0 });
		expect(order).toEqual([active, twinOf(active)]);
		await apart();
	});

	describe('a node that is lost', () => {
		afterEach(async () => {
			node.reconnect();
			await node.thaw();
		});

		it('cut off: the old one stops its flows before its lease ends, and then the spare acts', async () => {
			const active = await apartWithActiveThere();
			const spare = twinOf(active);
			const { facts, sinceMs, order } = await takenOver(active, async () => node.cutOff(), TTL_MS + START_MS);
			measured("the active one's node is cut off", facts);
			expect(facts.doubleActiveMs).toBe(0);
			expect(facts.oldActedForMs).toBeLessThan(RENEW_DEADLINE_MS + 500);
			expect(facts.actsAfterMs).toBeLessThan(TTL_MS + START_MS);
			expect(order).toEqual([active, spare]);
			// The Service leads to the spare alone, whatever becomes of the other one's pod.
			const { subsets = [] } = await project.cluster.core.readNamespacedEndpoints({ ...at(spare), name: project.names.service });
			const { status: found } = await project.cluster.core.readNamespacedPod(at(spare));
			expect(subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))).toEqual([found?.podIP]);

			const named = async () => (await status()).health;
			await until(async () => JSON.stringify(await named()).includes(`the node ${node.name}`), 'status names the node', LOST_MS);
			await until(
				async () => (await project.cluster.core.readNamespacedPod(at(active))).metadata?.deletionTimestamp !== undefined,
				'its pod is told to end',
				LOST_MS,
			);
			const timed = async (...args: string[]) => {
				const beganMs = performance.now();
				const result = await project.cli(...args, '--json');
				return { result, ms: Math.round(performance.now() - beganMs) };
			};
			const asked = await timed('status');
			expect(asked.result.status).toBe(5);
			const brought = await timed('up');
			const promoted = await timed('promote', '--again', '--yes');
			measured('commands while a node is lost', { statusMs: asked.ms, upMs: brought.ms, promoteMs: promoted.ms });
			for (const { ms } of [asked, brought, promoted]) expect(ms).toBeLessThan(ANSWERS_MS);
			// What can serve serves; the rest is named, with what mends it.
			expect(brought.result.status).toBe(5);
			const { health, gateway } = brought.result.json() as EnvironmentStatus;
			const says = [`${active} does not answer`, `the node ${node.name}, on which ${active} is, does not answer`];
			expect(health).toMatchObject({
				state: 'degraded',
				reasons: expect.arrayContaining(says.map((said) => expect.stringContaining(said))),
			});
			expect(gateway?.traffic).toMatchObject({ state: 'flowing', upstreams: [{ instance: spare }] });
			expect(await versionOf(await project.url())).not.toBeNull();
			expectErrorJson(promoted.result, {
				status: 4,
				code: 'CUTOVER_ROLLED_BACK',
				says: [`the node ${node.name} does not answer`],
			});
			// The one that acts is none the worse for it.
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active, spare]);

			node.reconnect();
			await apart();
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active, spare]);
			expect(witness.doubleActiveMs(sinceMs)).toBe(0);
		});

		it('cut off, and its pods deleted by force: they are made on the other, a promotion comes through, and the old ones end', async () => {
			const active = await apartWithActiveThere();
			const { sinceMs } = await takenOver(active, async () => node.cutOff(), TTL_MS + START_MS);
			await until(async () => JSON.stringify((await status()).health).includes(`the node ${node.name}`), 'status names the node', LOST_MS);
			const lost = (await Promise.all(slotNames.map(podsOf))).flat().filter(({ spec }) => spec?.nodeName === node.name);
			await kubectl('delete', 'pod', ...lost.map(({ metadata }) => metadata?.name ?? ''), '--force', '--grace-period=0');
			await project.serving();
			await project.setFlows(flowsOf('v6'));
			await project.done(0, 'promote', '--yes');
			const next = await steady();
			expect(await nodeOf(next)).toBe(HERE);
			node.reconnect();
			await apart();
			const turns = witness.turns(sinceMs).map(({ instance }) => instance);
			expect(turns).toEqual([active, twinOf(active), next]);
			expect(witness.doubleActiveMs(sinceMs)).toBe(0);
		});

		it('standing still, and going on when the spare has acted for long: it notices before it does anything', async () => {
			const active = await apartWithActiveThere();
			const stop = async () => {
				node.cutOff();
				await node.freeze();
			};
			const { facts, sinceMs, order } = await takenOver(active, stop, TTL_MS + START_MS);
			measured("the active one's node stands still", facts);
			expect(order).toEqual([active, twinOf(active)]);
			await sleep(5000);
			node.reconnect();
			await node.thaw();
			await apart();
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active, twinOf(active)]);
			expect(witness.doubleActiveMs(sinceMs)).toBe(0);
		});
	});
});
