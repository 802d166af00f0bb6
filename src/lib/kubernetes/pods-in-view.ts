import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { label, labelsOf, type Names, ordinalOf, selectorOf } from './names.ts';
import { Watched } from './watched.ts';

/** One of an environment's pods, as it was seen last. */
export interface SeenPod {
	/** `blue/0`. */
	instance: string;
	name: string;
	/** Null while it has none. */
	address: string | null;
	/** The Service leads to it. */
	serves: boolean;
	/** It is on its way out. */
	isEnding: boolean;
}

/** Nothing waits on what this tells: without the API server it tells what it knew last, by which pods still find each other. */
export interface PodsInView {
	all(): SeenPod[];
}

const SILENT_MS = 10_000;

/** The pods of an environment, kept in memory. @throws FlowferryError as `Watched.start` */
export async function watchPods(cluster: Cluster, names: Names): Promise<PodsInView> {
	const watched = new Watched<V1Pod>({
		cluster,
		path: `/api/v1/namespaces/${cluster.namespace}/pods`,
		labelSelector: selectorOf(labelsOf(names, 'instance')),
		silentMs: SILENT_MS,
	});
	const pods = new Map<string, SeenPod>();
	watched.on('changed', (name, pod) => {
		const seen = pod && seenPod(pod);
		if (seen) pods.set(name, seen);
		else pods.delete(name);
	});
	await watched.start();
	return { all: () => [...pods.values()] };
}

/** What is looked at of a pod. */
interface PodObject {
	metadata?: { name?: string; labels?: Record<string, string>; deletionTimestamp?: unknown };
	status?: { podIP?: string };
}

/** Null for one that is no instance's: somebody gave it our labels. Pure. */
export function seenPod({ metadata, status }: PodObject): SeenPod | null {
	const { name = '', labels = {}, deletionTimestamp } = metadata ?? {};
	const slot = labels[label.slot];
	if (!slot || !/-\d+$/.test(name)) return null;
	return {
		instance: `${slot}/${ordinalOf(name)}`,
		name,
		address: status?.podIP ?? null,
		serves: labels[label.serving] === 'true',
		isEnding: deletionTimestamp !== undefined,
	};
}
