import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../src/lib/kubernetes/cluster.ts';
import { ports } from '../../../src/lib/kubernetes/names.ts';
import type { Target } from '../../../src/lib/targets/target.ts';
import { makeBedImages } from '../../support/bed-images.ts';
import { connectTestCluster, describeWithKubernetes } from '../../support/describe-with-kubernetes.ts';
import { kubernetesBed } from '../../support/kubernetes-bed.ts';
import type { TargetBed } from '../../support/target-bed.ts';
import { releaseSnapshot } from '../../support/target-release.ts';
import { Stage } from '../../support/target-stage.ts';
import { until } from '../../support/until.ts';

const TAKEOVER_MS = 60_000;

/** A client that asks one after the other, over connections that it keeps, until `stop`. */
function startClient(url: string) {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const answers: { who: string; connection: string | undefined }[] = [];
	const failures: string[] = [];
	let goesOn = true;
	const ask = async () => {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		request(`${url}/who`, { agent }, async (answer) => {
			const who = await text(answer).catch((error) => String(error));
			if (answer.statusCode === 200) answers.push({ who, connection: answer.headers.connection });
			else failures.push(`${answer.statusCode} ${who}`);
			resolve();
		})
			.on('error', reject)
			.end();
		await promise.catch((error) => failures.push(String(error)));
	};
	const asking = (async () => {
		while (goesOn) {
			await ask();
			await sleep(10);
		}
		agent.destroy();
	})();
	return {
		answers,
		failures,
		/** Who answered last. */
		who: () => answers.at(-1)?.who,
		stop: async () => {
			goesOn = false;
			await asking;
		},
	};
}

describeWithKubernetes('the traffic of pods that take over by themselves', () => {
	let images: Awaited<ReturnType<typeof makeBedImages>>;
	let bed: TargetBed;
	let target: Target;
	let stage: Stage;
	let cluster: Cluster;

	beforeAll(async () => {
		images = await makeBedImages('ffk-bed-traffic');
		bed = await kubernetesBed(images.base);
		cluster = connectTestCluster(bed.environment.kubernetes.namespace ?? '');
		target = await bed.open({ environment: { instances: 2 } });
		stage = new Stage(bed, target);
		await stage.prepare('blue', await releaseSnapshot('one'));
		await target.journal.setServingSlot('blue');
		await stage.serve('blue/0');
	}, 300_000);
	afterAll(async () => {
		target?.close();
		cluster?.close();
		await bed?.dispose();
		await images?.remove();
	}, 300_000);

	const pods = async () => (await cluster.core.listNamespacedPod({ namespace: cluster.namespace })).items;
	const serving = async () =>
		(await pods())
			.filter(({ metadata }) => metadata?.labels?.['flowferry.org/serving'] === 'true')
			.map(({ metadata }) => metadata?.name ?? '');
	const serviceUrl = async () => {
		const { items } = await cluster.core.listNamespacedService({ namespace: cluster.namespace });
		const service = items.find(({ spec }) => spec?.selector?.['flowferry.org/serving'] === 'true');
		return `http://${service?.spec?.clusterIP}:${bed.environment.port}`;
	};
	const podUrl = async (instance: string) => {
		const pod = (await pods()).find(({ metadata }) => metadata?.name?.endsWith(`-${instance.replace('/', '-')}`));
		return `http://${pod?.status?.podIP}:${ports.http}`;
	};

	it('moves with the seat when Node-RED is killed: by the Service, and on connections of before', async () => {
		const clients = [startClient(await serviceUrl()), startClient(await podUrl('blue/0'))];
		await until(() => clients.every(({ answers }) => answers.length > 20), 'both have got answers');
		await target.inject('blue/0', 'crash');
		await until(() => clients.every(({ who }) => who() === 'blue/1'), 'the spare serves', TAKEOVER_MS);
		await sleep(1000);
		for (const client of clients) await client.stop();
		const [byService, byPod] = clients;
		// What was inside the Node-RED that was killed, and nothing else: each client asks one thing at a time.
		for (const { failures } of clients) expect(failures.filter((failure) => !failure.startsWith('502'))).toEqual([]);
		for (const { failures } of clients) expect(failures.length).toBeLessThan(2);
		// Its connection, which leads to the old pod, was ended with an answer, and the next one led to the new one.
		expect(byService?.answers.filter(({ connection }) => connection === 'close').length).toBeGreaterThan(0);
		expect(byService?.answers.at(-1)?.connection).toBe('keep-alive');
		expect(byPod?.answers.at(-1)?.connection).toBe('close');
		expect((await serving()).map((name) => name.slice(-6))).toEqual(['blue-1']);
		expect((await stage.status('blue/1')).state).toBe('active');
	}, 120_000);

	it('moves when a node is drained: the pod hands over before it ends', async () => {
		await until(async () => (await stage.status('blue/0')).state === 'standby', 'the spare is back', TAKEOVER_MS);
		const client = startClient(await serviceUrl());
		await until(() => client.answers.length > 20, 'it has got answers');
		const [active = ''] = await serving();
		await cluster.core.deleteNamespacedPod({ namespace: cluster.namespace, name: active });
		await until(() => client.who() === 'blue/0', 'the spare serves', TAKEOVER_MS);
		await sleep(1000);
		await client.stop();
		expect(client.failures).toEqual([]);
		await until(async () => (await serving()).join().endsWith('blue-0'), 'the Service leads to it alone', TAKEOVER_MS);
		await until(async () => (await (await stage.instance('blue/1')).status())?.state === 'standby', 'its pod is made anew', TAKEOVER_MS);
	}, 120_000);
});
