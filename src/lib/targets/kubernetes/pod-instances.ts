import type { Cluster } from '../../kubernetes/cluster.ts';
import { type Names, ports } from '../../kubernetes/names.ts';
import type { SlotName } from '../../promotion/journal.ts';
import type { Instance, InstanceStatus } from '../instance.ts';
import { RunnerInstance } from '../runner-instance.ts';
import { ordinals } from './objects/place.ts';
import type { Tunnels } from './tunnels.ts';

/** A status is answered from memory; the way there goes by the API server and a node. */
const ANSWER_MS = 5_000;

export interface PodInstancesParts {
	cluster: Cluster;
	names: Names;
	tunnels: Tunnels;
	/** Made before each call that changes something. */
	check(): Promise<void>;
}

/** Instances by their pods' control servers, whether those run or not. */
export class PodInstances {
	readonly #parts: PodInstancesParts;
	#token: string | null = null;

	constructor(parts: PodInstancesParts) {
		this.#parts = parts;
	}

	/** @param size how many the slot is to have */
	of(slot: SlotName, size: number): Instance[] {
		return ordinals(size).map((index) => this.named(`${slot}/${index}`));
	}

	/** @param name `blue/0` */
	named(name: string): Instance {
		const { names, tunnels, check } = this.#parts;
		const find = async () => {
			const [url, token] = await Promise.all([tunnels.to(names.pod(name), ports.control), this.token()]);
			return { url, token };
		};
		return new RunnerInstance(name, find, ANSWER_MS, check);
	}

	/** What the runner of each says; null where none answers. */
	async statuses(slot: SlotName, size: number): Promise<(InstanceStatus | null)[]> {
		return await Promise.all(this.of(slot, size).map((instance) => instance.status()));
	}

	/** Of control calls. */
	async token(): Promise<string> {
		if (this.#token !== null) return this.#token;
		const { cluster, names } = this.#parts;
		const secret = await cluster.core.readNamespacedSecret({ namespace: cluster.namespace, name: names.token });
		this.#token = Buffer.from(secret.data?.token ?? '', 'base64').toString('utf8');
		return this.#token;
	}
}
