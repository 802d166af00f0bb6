import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import type { Names } from '../../kubernetes/names.ts';
import type { SlotName } from '../../promotion/journal.ts';
import { type Instance, standing } from '../instance.ts';
import type { Pod, Pods } from './pods.ts';

const POLL_MS = 200;
/**
 * For a node to tell that a pod has ended, after it was killed. A kubelet that misses a removal, as it may while it is making the pod,
 * looks at it again after its resync interval: a minute, and up to half of that more (kubernetes 1.20, pkg/kubelet/pod_workers.go).
 * Measured there: up to 88 s.
 */
const NODE_TELLS_MS = 120_000;
/** What is in the way may pass: a node is just being added, or restarted; a registry is. */
const TROUBLE_MS = 15_000;

export interface StatefulSetsParts {
	environment: { name: string; timeouts: { startMs: number; stopMs: number } };
	cluster: Cluster;
	names: Names;
	pods: Pods;
	instance(name: string): Instance;
}

/** The pods of slots, by their StatefulSets. */
export class StatefulSets {
	readonly #parts: StatefulSetsParts;

	constructor(parts: StatefulSetsParts) {
		this.#parts = parts;
	}

	/** How many pods a slot is to have; null where it has no StatefulSet. */
	async replicas(slot: SlotName): Promise<number | null> {
		return (await this.#read(slot))?.spec?.replicas ?? null;
	}

	/** Null where there is none. */
	async #read(slot: SlotName) {
		const { cluster, names } = this.#parts;
		return await ifThere(cluster.apps.readNamespacedStatefulSet({ namespace: cluster.namespace, name: names.slot(slot) }));
	}

	/**
	 * Resolves when the cluster's controller has acted on how many pods the slot is to have now: those that it removes by an earlier number
	 * are ending by then. Where that takes longer than a start may, whoever waits for the pods tells why.
	 */
	async untilObserved(slot: SlotName): Promise<void> {
		const deadline = performance.now() + this.#parts.environment.timeouts.startMs;
		for (; performance.now() < deadline; await sleep(POLL_MS)) {
			const set = await this.#read(slot);
			if ((set?.status?.observedGeneration ?? 0) >= (set?.metadata?.generation ?? 0)) return;
		}
	}

	/** @throws FlowferryError POD_NOT_ENDED where a pod of the slot is on a node that does not answer: `empty` would wait for it in vain */
	async assertWithinReach(slot: SlotName): Promise<void> {
		const { pods, environment } = this.#parts;
		const lost = (await pods.list(slot)).filter(({ lostNode }) => lostNode !== null);
		if (lost.length > 0) throw doesNotEnd(lost, environment.name);
	}

	/**
	 * Has a slot have no pods, and resolves when all have ended.
	 * @param how `at once`: what they hold is not waited for
	 * @throws FlowferryError POD_NOT_ENDED
	 */
	async empty(slot: SlotName, how?: 'at once'): Promise<void> {
		const { cluster, names, pods, environment } = this.#parts;
		const { namespace } = cluster;
		const body = { spec: { replicas: 0 } };
		const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
		await ifThere(cluster.apps.patchNamespacedStatefulSet({ namespace, name: names.slot(slot), body }, merge));
		if (how) await Promise.all((await pods.list(slot)).map(({ name }) => pods.remove(name, 1)));
		await this.#untilEnded(() => pods.list(slot), environment.timeouts.stopMs + NODE_TELLS_MS);
	}

	/**
	 * Ends one pod at once; the StatefulSet makes another. Resolves when its node has told that it has ended. One that is just being made
	 * has no runner yet that could stand still.
	 * @throws FlowferryError POD_NOT_ENDED
	 */
	async kill(instance: string): Promise<void> {
		const { pods, names } = this.#parts;
		const name = names.pod(instance);
		const pod = (await pods.list()).find((each) => each.name === name);
		if (!pod?.hasRun) return;
		await pods.remove(name, 1);
		await this.#untilEnded(async () => (await pods.list()).filter(({ uid }) => uid === pod.uid), NODE_TELLS_MS);
	}

	async #untilEnded(list: () => Promise<Pod[]>, withinMs: number): Promise<void> {
		const began = performance.now();
		for (; ; await sleep(POLL_MS)) {
			const there = await list();
			const left = there.filter(({ hasEnded }) => !hasEnded);
			if (left.length === 0) {
				await Promise.all(there.map((pod) => this.#parts.pods.forget(pod)));
				return;
			}
			const isLost = left.every(({ lostNode }) => lostNode !== null);
			if (performance.now() > began + (isLost ? TROUBLE_MS : withinMs)) throw doesNotEnd(left, this.#parts.environment.name);
		}
	}

	/**
	 * For one that did not answer just now, or that is starting. A pod of its name that is on its way out has the time that `empty` leaves
	 * it; what a start may take begins after that.
	 * @throws FlowferryError INSTANCE_NOT_STANDING
	 */
	async untilStanding(slot: SlotName, index: number): Promise<void> {
		const { environment, pods, names, instance: at } = this.#parts;
		const { startMs, stopMs } = environment.timeouts;
		const instance = `${slot}/${index}`;
		const name = names.pod(instance);
		let began = performance.now();
		const endsBy = began + stopMs + NODE_TELLS_MS;
		let [reason, isLost] = ['', false];
		let first: Pod | undefined;
		while (performance.now() < began + startMs) {
			const named = (await pods.list(slot)).find((each) => each.instance === instance);
			const isLeaving = named?.isEnding === true && named.lostNode === null;
			if (isLeaving && performance.now() < endsBy) began = performance.now();
			// It might answer in the place of the one that is waited for.
			const pod = isLeaving ? undefined : named;
			isLost = pod !== undefined && pod.lostNode !== null;
			// A cluster takes a node for lost after 40 s of silence: nothing is to be had by asking.
			const status = pod && !isLost ? await at(instance).status() : null;
			if (status && standing.includes(status.state)) return;
			// A pod's count is of its whole life: what ended its runner before may be long past.
			if (pod?.uid !== first?.uid) first = pod;
			const ended = (pod?.restarts ?? 0) - (first?.restarts ?? 0);
			reason = (isLeaving ? 'its pod of before does not end' : whyNot(pod, ended, status)) ?? '';
			if (status?.state === 'failed' || isLost) break;
			// What it ended with twice, it will end with again; after the first time its node waits a while.
			if (ended > 1) break;
			const isStuck = pod?.trouble && ended === 0;
			if (isStuck && performance.now() > began + TROUBLE_MS) break;
			await sleep(POLL_MS);
		}
		throw new FlowferryError({
			code: 'INSTANCE_NOT_STANDING',
			message: `${instance} does not come up: ${reason || `it did not stand by within ${startMs} ms (timeouts.startMs)`}`,
			hint: isLost
				? `once that node is proved dead, kubectl delete pod ${name} --force has ${instance} made on another`
				: `its log tells more: flowferry logs ${environment.name}; and so does kubectl describe pod ${name}`,
			exitStatus: ExitStatus.needsOperator,
		});
	}
}

/** @param ended how often its runner has, since it is waited for */
function whyNot(pod: Pod | undefined, ended: number, status: { state: string; crashes: number } | null): string | null {
	if (status?.state === 'failed') return `Node-RED ended ${status.crashes} times`;
	if (pod?.lostNode) return `its node ${pod.lostNode} does not answer`;
	if (pod?.trouble) return `its pod waits: ${pod.trouble}`;
	return ended > 0 ? `its runner ended ${ended} times` : null;
}

function doesNotEnd(pods: Pod[], environment: string): FlowferryError {
	const names = pods.map(({ name }) => name);
	const nodes = [...new Set(pods.flatMap(({ lostNode }) => lostNode ?? []))];
	return new FlowferryError({
		code: 'POD_NOT_ENDED',
		message: `the cluster does not tell that ${names.join(', ')} of ${environment} ended: ${nodes.length > 0 ? `the node ${nodes.join(', ')} does not answer` : 'a node may be gone'}`,
		hint: `kubectl get pods -o wide shows where it was; once that node is proved dead, kubectl delete pod ${names.join(' ')} --force, and run the command again`,
		exitStatus: ExitStatus.needsOperator,
	});
}
