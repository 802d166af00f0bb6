import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type Docker from 'dockerode';
import type { Cleanup } from '../../demo/cleanup.ts';
import type { Cluster } from '../../src/lib/kubernetes/cluster.ts';
import { makeNamespace } from '../../test/support/describe-with-kubernetes.ts';

/** What plain pods are made from. */
export interface PlainPodOptions {
	docker: Docker;
	/** With Node-RED in it. */
	image: string;
}

/** Node-RED as a Deployment has it, with its files from a ConfigMap, and a Service in front. */
export interface PlainDeployment {
	cluster: Cluster;
	url: string;
	/** Replaces the ConfigMap; pods that run have what they were started with. */
	put(files: Record<string, string>): Promise<void>;
	/** As `kubectl rollout restart`. */
	restart(): Promise<void>;
	/** The name of its one pod that is not on its way out; null while there is none. */
	pod(): Promise<{ name: string; restarts: number } | null>;
	/** Resolves when a route of its flows answers so. */
	untilAnswered(path: string, isWanted: (body: string) => boolean): Promise<void>;
}

const ANSWER_MS = 90_000;
const POLL_MS = 20;
const NAME = 'plain';
const labels = { app: NAME };
const merge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

export async function makePlainDeployment(
	{ image }: PlainPodOptions,
	files: Record<string, string>,
	{ cleanup, signal }: { cleanup: Cleanup; signal: AbortSignal },
): Promise<PlainDeployment> {
	const { cluster, remove } = await makeNamespace();
	cleanup.later('remove the plain deployment', remove);
	const { core, apps, namespace } = cluster;
	const metadata = { name: NAME, namespace };
	await core.createNamespacedConfigMap({ namespace, body: { metadata, data: files } });
	// The image's own command, after its files are where it looks for them.
	const command = ['sh', '-c', 'cp /files/* /data/ && exec node node_modules/node-red/red.js --userDir /data'];
	const container = {
		...{ name: 'node-red', image, imagePullPolicy: 'IfNotPresent', command },
		readinessProbe: { tcpSocket: { port: 1880 }, periodSeconds: 1 },
		volumeMounts: [{ name: 'files', mountPath: '/files' }],
	};
	const volumes = [{ name: 'files', configMap: { name: NAME } }];
	const template = { metadata: { labels }, spec: { containers: [container], volumes } };
	await apps.createNamespacedDeployment({
		namespace,
		body: { metadata, spec: { replicas: 1, selector: { matchLabels: labels }, template } },
	});
	const service = await core.createNamespacedService({
		namespace,
		body: { metadata, spec: { selector: labels, ports: [{ port: 1880, targetPort: 1880 }] } },
	});
	const url = `http://${service.spec?.clusterIP}:1880`;
	return {
		cluster,
		url,
		async put(data) {
			await core.replaceNamespacedConfigMap({ namespace, name: NAME, body: { metadata, data } });
		},
		async restart() {
			const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
			await apps.patchNamespacedDeployment({ namespace, name: NAME, body: { spec: { template: { metadata: { annotations } } } } }, merge);
		},
		async pod() {
			const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${NAME}` });
			const found = items.find((pod) => pod.metadata?.deletionTimestamp === undefined);
			return found ? { name: found.metadata?.name ?? '', restarts: found.status?.containerStatuses?.[0]?.restartCount ?? 0 } : null;
		},
		async untilAnswered(path, isWanted) {
			for (const end = performance.now() + ANSWER_MS; performance.now() < end; await sleep(POLL_MS, undefined, { signal })) {
				// A connection of its own, which goes where the Service leads now.
				const headers = { connection: 'close' };
				const answer = await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(1000) }).catch(() => null);
				if (answer?.ok && isWanted(await answer.text())) return;
			}
			throw new Error(`the plain deployment did not answer within ${ANSWER_MS} ms`);
		},
	};
}
