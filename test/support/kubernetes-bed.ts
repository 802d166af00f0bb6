import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type Docker from 'dockerode';
import { isGoneWithin } from '../../src/lib/adapters/process-identity.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../src/lib/config/load.ts';
import { ifThere } from '../../src/lib/kubernetes/if-there.ts';
import { openSupply } from '../../src/lib/packages/supply.ts';
import { slotNames } from '../../src/lib/promotion/journal.ts';
import { engineImages } from '../../src/lib/targets/docker/image/engine-images.ts';
import { KubernetesTarget } from '../../src/lib/targets/kubernetes/kubernetes-target.ts';
import { objectsOf } from '../../src/lib/targets/kubernetes/leftovers.ts';
import { placeOf } from '../../src/lib/targets/kubernetes/objects/place.ts';
import { relayApiServer } from './api-relay.ts';
import { connectMachineEngine } from './describe-with-docker.ts';
import { connectTestCluster, makeNamespace } from './describe-with-kubernetes.ts';
import { childrenByParent, familyOf, startOf } from './processes.ts';
import { secretFinder } from './secret-sweep.ts';
import type { TargetBed } from './target-bed.ts';
import { bedKeys, PASSPHRASE } from './target-bed.ts';
import { until } from './until.ts';
import { testVault } from './vault.ts';

/** kube-proxy gathers changes for a second, and may be late. */
const NODES_FOLLOW_MS = 5000;
const ASK_AGAIN_MS = 250;

type Container = 'node-red' | 'gateway';

/**
 * Instances as pods of a cluster whose node is this machine and has its Engine's images, so that their processes are seen from here. For
 * root on Linux.
 * @param base an image with Node-RED in it; nobody else's
 */
export async function kubernetesBed(base: string): Promise<TargetBed> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-target-'));
	const endRelay = await relayApiServer();
	const { cluster, remove: removeNamespace } = await makeNamespace();
	const { namespace } = cluster;
	const production = { ...bedKeys, target: 'kubernetes', docker: { image: base }, kubernetes: { namespace } };
	const config = { dev: { userDir: 'dev' }, environments: { production } };
	const environment = environmentOf(parseConfig(JSON.stringify(config), 'flowferry.yaml', {}));
	const { names } = placeOf(environment, namespace);
	const engine = await connectMachineEngine();
	const packages = openSupply(join(folder, 'packages'));
	const agent = new Agent({ keepAlive: false });

	const open: TargetBed['open'] = async ({ environment: changes = {}, vault = testVault(PASSPHRASE) } = {}) =>
		new KubernetesTarget({
			environment: { ...environment, ...changes },
			cluster: connectTestCluster(namespace),
			images: engineImages({ env: process.env, base, name: null, packages, installMs: 60_000, redact: (words) => words }),
			image: undefined,
			secrets: () => [],
			vault,
		});

	/** The first process of each container that runs; of one pod's, or of all. */
	async function containers(kind: Container, pod?: string): Promise<{ pod: string; pid: number }[]> {
		const label = [`io.kubernetes.pod.namespace=${namespace}`, `io.kubernetes.container.name=${kind}`];
		const found = await engine.docker.listContainers({ filters: { label } });
		const facts = await Promise.all(found.map(async ({ Id, Labels }) => ({ Labels, pid: await pidOf(engine.docker, Id) })));
		const there = facts.map(({ Labels, pid }) => ({ pod: Labels['io.kubernetes.pod.name'] ?? '', pid })).filter(({ pid }) => pid > 0);
		return there.filter((each) => pod === undefined || each.pod === pod);
	}
	/** The container's first process is a shell, which has one child. */
	async function runnerOf(instance: string): Promise<number> {
		const [container] = await containers('node-red', names.pod(instance));
		if (!container) throw new Error(`the container of ${instance} does not run`);
		const [runner, ...others] = (await childrenByParent()).get(container.pid) ?? [];
		if (runner === undefined || others.length > 0) throw new Error(`${instance} has not one runner`);
		return runner;
	}
	async function running(instance?: string): Promise<string[]> {
		const asked = instance === undefined ? undefined : names.pod(instance);
		const found = [...(await containers('node-red', asked)), ...(instance === undefined ? await containers('gateway') : [])];
		const children = await childrenByParent();
		const named = found.flatMap(({ pod, pid }) =>
			familyOf(pid, children).map(async (each) => ({ pod, each, started: await startOf(each) })),
		);
		return (await Promise.all(named))
			.filter(({ started }) => started !== null)
			.map(({ pod, each, started }) => `process ${each} of ${pod}, started at ${started}`)
			.toSorted();
	}
	async function kill(pid: number, what: string): Promise<void> {
		process.kill(pid, 'SIGKILL');
		if (!(await isGoneWithin(pid, 5000))) throw new Error(`${what} (${pid}) outlives SIGKILL`);
	}
	async function pods() {
		return (await cluster.core.listNamespacedPod({ namespace })).items;
	}
	async function untilNoPod(instance: string): Promise<void> {
		const name = names.pod(instance);
		await until(async () => (await pods()).every(({ metadata }) => metadata?.name !== name), `the pod ${name} is gone`, 60_000);
	}
	const setOf = (instance: string) => ({ namespace, name: names.slot(instance.split('/')[0] as string) });

	return {
		environment,
		// Not every cluster's network heeds policies.
		mayLack: ['cut-off'],
		storeLossHits: 'instances',
		open,
		// Each as a client that has not been here before.
		fetch: async (path) => {
			const { spec } = await cluster.core.readNamespacedService({ namespace, name: names.service });
			const url = `http://${spec?.clusterIP}:${environment.port}${path}`;
			for (const until = performance.now() + NODES_FOLLOW_MS; ; await sleep(ASK_AGAIN_MS)) {
				try {
					return await fetchOnce(url, agent);
				} catch (error) {
					if (performance.now() > until) throw error;
				}
			}
		},
		killRunner: async (instance) => await kill(await runnerOf(instance), `the runner of ${instance}`),
		freezeRunner: async (instance) => {
			process.kill(await runnerOf(instance), 'SIGSTOP');
		},
		stopByHand: async (instance) => {
			const scale = { metadata: setOf(instance), spec: { replicas: 0 } };
			await cluster.apps.replaceNamespacedStatefulSetScale({ ...setOf(instance), body: scale });
			await untilNoPod(instance);
		},
		removeByHand: async (instance) => {
			await cluster.apps.deleteNamespacedStatefulSet(setOf(instance));
			await untilNoPod(instance);
		},
		killRouter: async () => {
			const serving = (await pods()).filter(({ metadata }) => metadata?.labels?.['flowferry.org/serving'] === 'true');
			for (const { metadata } of serving) {
				for (const { pid } of await containers('gateway', metadata?.name)) await kill(pid, 'the gateway');
			}
		},
		running,
		leftovers: async () => {
			const ofSlots = new RegExp(`^${names.prefix}-(${slotNames.join('|')})(-|$)`);
			const objects = (await objectsOf(cluster, names, 'policy/v1beta1')).map(({ kind, metadata }) => ({
				kind,
				name: metadata?.name ?? '',
			}));
			// A slot's disruption budget is there for as long as the environment.
			const own = objects
				.filter(({ kind, name }) => kind !== 'PodDisruptionBudget' && ofSlots.test(name))
				.map(({ kind, name }) => `${kind} ${name}`);
			return [...(await running()), ...(await pods()).map(({ metadata }) => `pod ${metadata?.name}`), ...own].toSorted();
		},
		secretsAtRest: async (texts) => {
			const find = secretFinder(texts);
			const { items } = await cluster.core.listNamespacedConfigMap({ namespace });
			const packed = items.flatMap(({ metadata, binaryData }) =>
				binaryData?.flows ? [{ name: metadata?.name, data: binaryData.flows }] : [],
			);
			const flows = packed.map(({ name, data }) => ({ place: `flows ${name}`, content: gunzipSync(Buffer.from(data, 'base64')) }));
			// A search that does not see what is in the objects finds nothing.
			if (!flows.some(({ content }) => content.includes('http response'))) throw new Error('the flows cannot be read');
			// Secrets are where they belong.
			const lists = await Promise.all([
				Promise.resolve(items),
				pods(),
				cluster.apps.listNamespacedStatefulSet({ namespace }).then((list) => list.items),
				cluster.coordination.listNamespacedLease({ namespace }).then((list) => list.items),
				cluster.core.listNamespacedEvent({ namespace }).then((list) => list.items),
			]);
			const objects = lists
				.flat()
				.map((object) => ({ place: `object ${object.metadata?.name}`, content: Buffer.from(JSON.stringify(object)) }));
			const logs = (await pods()).flatMap(({ metadata }) =>
				(['node-red', 'gateway'] as const).map(async (container) => {
					const log = await ifThere(cluster.core.readNamespacedPodLog({ namespace, name: metadata?.name ?? '', container }));
					return { place: `log of ${metadata?.name}`, content: Buffer.from(log ?? '') };
				}),
			);
			const places = [...flows, ...objects, ...(await Promise.all(logs))];
			return places.flatMap(({ place, content }) => find(content).map((found) => `${place}: ${found}`));
		},
		dispose: async () => {
			const target = (await open()) as KubernetesTarget;
			await target.remove().finally(() => target.close());
			const left = await objectsOf(cluster, names, 'policy/v1beta1');
			const others = (await pods()).map(({ metadata }) => metadata?.name);
			engine.close();
			endRelay();
			await removeNamespace();
			await rm(folder, { recursive: true, force: true });
			const found = [...left.map(({ kind, metadata }) => `${kind} ${metadata?.name}`), ...others];
			if (found.length > 0) throw new Error(`left behind: ${found.join(', ')}`);
		},
	};
}

async function pidOf(docker: Docker, id: string): Promise<number> {
	return await docker
		.getContainer(id)
		.inspect()
		.then(
			({ State }) => State.Pid,
			() => 0,
		);
}

/**
 * @throws Error where nobody answers, or a stranger does: where a Service has got its first endpoints, kube-proxy takes the rule that refuses
 * away before the one that leads to them is there, and its address is nobody's; a packet leaves the machine then, and whatever routes it may
 * answer in its own name, without a body. Node-RED, its flows and the gateway all say of what type their answers are
 */
async function fetchOnce(url: string, agent: Agent): Promise<Response> {
	return await new Promise((resolve, reject) => {
		const asking = request(url, { agent }, (answer) => {
			if (answer.headers['content-type'] === undefined) {
				answer.resume();
				reject(new Error(`not the environment's answer: ${answer.statusCode} ${JSON.stringify(answer.headers)}`));
				return;
			}
			const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
			text(answer).then((body) => resolve(new Response(body, { status: answer.statusCode ?? 0, headers })), reject);
		});
		asking.on('error', reject).end();
	});
}
