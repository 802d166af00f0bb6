import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { answeredWith } from '../../kubernetes/cluster-fault.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import { linesOf } from '../../kubernetes/lines.ts';
import { labelsOf, type Names } from '../../kubernetes/names.ts';
import { type LogLine, type LogRequest, parseLogLine } from '../logs.ts';
import { ensure } from './apply.ts';

const CONTAINER = 'node-red';
/** What is kept of a log whose pod is about to go. */
const KEPT_LINES = 200;
const KEPT_CHARACTERS = 48 * 1024;

/** What instances have logged: of pods that are there by the API server, of others what was kept of them. */
export class PodLogs {
	readonly #cluster: Cluster;
	readonly #names: Names;

	constructor(cluster: Cluster, names: Names) {
		this.#cluster = cluster;
		this.#names = names;
	}

	async *read(instance: string, { tail, follow }: LogRequest): AsyncGenerator<LogLine> {
		const pod = this.#names.pod(instance);
		const { core, namespace } = this.#cluster;
		if (!(await ifThere(core.readNamespacedPod({ namespace, name: pod })))) {
			const kept = (await this.#kept(instance)).split('\n').slice(0, -1);
			for (const line of tail === 0 ? [] : kept.slice(-tail)) yield parseLogLine(instance, line);
			return;
		}
		if (follow === null) {
			for (const line of await this.#lines(pod, tail)) yield parseLogLine(instance, line);
			return;
		}
		yield* this.#follow(pod, instance, tail, follow);
	}

	async *#follow(pod: string, instance: string, tail: number, follow: AbortSignal): AsyncGenerator<LogLine> {
		const { config, namespace } = this.#cluster;
		const query = { container: CONTAINER, follow: 'true', tailLines: String(tail) };
		try {
			const answer = await config.stream(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, query, follow);
			if (answer.status !== 200) return;
			for await (const line of linesOf(answer.stream())) yield parseLogLine(instance, line);
		} catch (error) {
			if (!follow.aborted) throw error;
		}
	}

	/** Of a pod that has not begun yet there is none. */
	async #lines(pod: string, tailLines: number): Promise<string[]> {
		if (tailLines === 0) return [];
		const { core, namespace } = this.#cluster;
		const text = await core.readNamespacedPodLog({ namespace, name: pod, container: CONTAINER, tailLines }).catch((error) => {
			if (answeredWith(error, 400, 404)) return '';
			throw error;
		});
		return text.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1);
	}

	/** Keeps the end of a log whose pod is about to go. */
	async keep(instance: string): Promise<void> {
		const lines = await this.#lines(this.#names.pod(instance), KEPT_LINES).catch(() => []);
		if (lines.length === 0) return;
		const text = `${lines.join('\n')}\n`.slice(-KEPT_CHARACTERS);
		const { core, namespace } = this.#cluster;
		const name = this.#names.logs;
		await ensure(this.#cluster, {
			apiVersion: 'v1',
			kind: 'ConfigMap',
			metadata: { name, namespace, labels: labelsOf(this.#names, 'state') },
		});
		const body = { data: { [keyOf(instance)]: text } };
		await core.patchNamespacedConfigMap({ namespace, name, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
	}

	/** Empty where nothing was kept. */
	async #kept(instance: string): Promise<string> {
		const { core, namespace } = this.#cluster;
		const map = await ifThere(core.readNamespacedConfigMap({ namespace, name: this.#names.logs }));
		return map?.data?.[keyOf(instance)] ?? '';
	}
}

function keyOf(instance: string): string {
	return instance.replace('/', '-');
}
