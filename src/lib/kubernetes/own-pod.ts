import type { Cluster } from './cluster.ts';
import { inCluster } from './connect-cluster.ts';
import { namesOf, ports } from './names.ts';
import { OwnPodRouter } from './own-pod-router.ts';
import { type PodsInView, watchPods } from './pods-in-view.ts';
import { setServing } from './serving-label.ts';

/** The cluster as a runner sees it from its pod. */
export interface OwnPod {
	cluster: Cluster;
	pods: PodsInView;
	router: OwnPodRouter;
}

/** An API server that does not answer by then is asked again: a takeover waits for it. */
const ANSWER_MS = 3_000;

/** @throws FlowferryError as `Watched.start` */
export async function openOwnPod({
	prefix,
	instance,
	tokenFile,
}: {
	prefix: string;
	instance: string;
	tokenFile: string;
}): Promise<OwnPod> {
	const cluster = inCluster(undefined, { answerMs: ANSWER_MS });
	const pods = await watchPods(cluster, namesOf(prefix)).catch((error) => {
		cluster.close();
		throw error;
	});
	const router = new OwnPodRouter({
		...{ instance, pods },
		serve: (pod, serves) => setServing(cluster, pod, serves),
		gateway: { controlUrl: `http://127.0.0.1:${ports.gatewayControl}`, tokenFile },
		nodeRedUrl: `http://127.0.0.1:${ports.nodeRed}`,
	});
	return { cluster, pods, router };
}
