import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { answeredWith } from '../../kubernetes/cluster-fault.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import { label, labelsOf, type Names, selectorOf } from '../../kubernetes/names.ts';
import { setServing } from '../../kubernetes/serving-label.ts';

/** An instance's pod, as the API server knows it. */
export interface Pod {
	/** `blue/0`. */
	instance: string;
	name: string;
	/** No later pod of the same name has it. */
	uid: string;
	/** When it was made, by the API server's clock. */
	madeMs: number;
	/** Null while it has none. */
	ip: string | null;
	serves: boolean;
	/** It is on its way out. */
	isEnding: boolean;
	/** Its node has told that a container of it has run. */
	hasRun: boolean;
	/** Its node has told that all its containers have ended, for good: the object alone is left, for some seconds. */
	hasEnded: boolean;
	/** The node that it is on, where the cluster tells that it does not answer; null where nothing is known of that. */
	lostNode: string | null;
	/** How often the runner's container was started again, in the pod's whole life. */
	restarts: number;
	/** Why it does not run, in the API's words: `ImagePullBackOff: …`, `Unschedulable: …`; null where it does, or nothing is known. */
	trouble: string | null;
}

/** The pods of an environment's instances. */
export class Pods {
	readonly #cluster: Cluster;
	readonly #names: Names;

	constructor(cluster: Cluster, names: Names) {
		this.#cluster = cluster;
		this.#names = names;
	}

	/** Those of a slot, or of both. */
	async list(slot?: string): Promise<Pod[]> {
		const labels = { ...labelsOf(this.#names, 'instance'), ...(slot === undefined ? {} : { [label.slot]: slot }) };
		const labelSelector = selectorOf(labels);
		const { items } = await this.#cluster.core.listNamespacedPod({ namespace: this.#cluster.namespace, labelSelector });
		return items.map((pod) => podOf(pod)).toSorted((a, b) => a.instance.localeCompare(b.instance));
	}

	/** Gives a pod the traffic of the Service, or takes it away. */
	async serve(name: string, serves: boolean): Promise<void> {
		await setServing(this.#cluster, name, serves);
	}

	/** Has the API server forget a pod that has ended, so that another of its name may be made at once. */
	async forget({ name, uid }: Pod): Promise<void> {
		const { core, namespace } = this.#cluster;
		const body = { gracePeriodSeconds: 0, preconditions: { uid } };
		await ifThere(core.deleteNamespacedPod({ namespace, name, body })).catch((error) => {
			// It is another one by now.
			if (!answeredWith(error, 409)) throw error;
		});
	}

	/** @param graceSeconds until it is killed; 0 would have the API server forget it before its node has ended it */
	async remove(name: string, graceSeconds: number): Promise<void> {
		const { core, namespace } = this.#cluster;
		await ifThere(core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: Math.max(1, graceSeconds) }));
	}
}

/** As the API server has it. Pure. */
export function podOf({ metadata, spec, status }: V1Pod): Pod {
	const { name = '', uid = '', labels = {}, creationTimestamp, deletionTimestamp } = metadata ?? {};
	const ordinal = name.slice(name.lastIndexOf('-') + 1);
	const containers = status?.containerStatuses ?? [];
	return {
		instance: `${labels[label.slot]}/${ordinal}`,
		name,
		uid,
		madeMs: creationTimestamp ? new Date(creationTimestamp).getTime() : 0,
		ip: status?.podIP ?? null,
		serves: labels[label.serving] === 'true',
		isEnding: deletionTimestamp !== undefined,
		hasRun: containers.some(({ state, lastState }) => [state?.running, state?.terminated, lastState?.terminated].some(Boolean)),
		hasEnded: deletionTimestamp !== undefined && containers.length > 0 && containers.every(({ state }) => state?.terminated !== undefined),
		lostNode: isLost(status) ? (spec?.nodeName ?? null) : null,
		restarts: containers.find((container) => container.name === 'node-red')?.restartCount ?? 0,
		trouble: troubleOf(status),
	};
}

/**
 * Instances whose pods were added to the first ones of their slot so shortly ago that they may still be coming up. Pure.
 * @param first how many of a slot are always there
 * @param startMs how long a start may take
 * @param nowMs of the wall clock, as the API server's: for a user to see, and nothing is decided by it
 */
export function comingOf(pods: Pod[], first: number, startMs: number, nowMs: number): string[] {
	return pods.flatMap(({ instance, madeMs, isEnding }) =>
		ordinalOf(instance) >= first && !isEnding && nowMs < madeMs + startMs ? [instance] : [],
	);
}

function ordinalOf(instance: string): number {
	return Number(instance.slice(instance.indexOf('/') + 1));
}

/**
 * A cluster marks the pods of a node that does not answer as not ready, and leaves the rest of what the node told last. The node itself would
 * give a reason.
 */
function isLost(status: V1Pod['status']): boolean {
	const conditionOf = (name: string) => status?.conditions?.find(({ type }) => type === name);
	const ready = conditionOf('Ready');
	return ready?.status === 'False' && !ready.reason && conditionOf('ContainersReady')?.status === 'True';
}

/** Waiting for a container to be made is none. */
const usual = new Set(['ContainerCreating', 'PodInitializing']);

function troubleOf(status: V1Pod['status']): string | null {
	const waiting = (status?.containerStatuses ?? [])
		.map(({ state }) => state?.waiting)
		.find((each) => each && !usual.has(each.reason ?? ''));
	if (waiting) return [waiting.reason, waiting.message].filter(Boolean).join(': ');
	const scheduled = (status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
	return scheduled?.status === 'False' ? [scheduled.reason, scheduled.message].filter(Boolean).join(': ') : null;
}
