import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Cluster } from './cluster.ts';
import { type Answer, explainClusterFault, isOlder } from './cluster-fault.ts';
import { linesOf } from './lines.ts';

/** An object as JSON has it: times are strings. */
export type Json<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: Json<T[Key]> } : T;

export interface WatchedOptions {
	cluster: Pick<Cluster, 'config' | 'name' | 'namespace'>;
	/** Of the collection: `/apis/coordination.k8s.io/v1/namespaces/plant/leases`. */
	path: string;
	labelSelector?: string;
	fieldSelector?: string;
	/** Out of touch for longer, nothing is read. Default: 1 s. */
	silentMs?: number;
}

/** So often within `silentMs` the server is asked, where the watch says nothing: once may fail. */
const PROBES = 3;
/** Between two attempts to watch, doubled with each failure in a row, and up to half longer or shorter. */
const AGAIN_MS = [50, 2000] as const;

/** Of a watch. An error has a `v1.Status` for its object. */
interface Event<T> {
	type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
	object: T;
}

/**
 * Objects of one kind, kept in memory: read at no cost, and never from longer ago than `silentMs`. A watch tells of changes at once, but
 * its silence may as well mean that nobody is there; so where it is silent the collection is listed, which besides brings what a
 * stuck watch did not.
 *
 * client-node's informer does not serve for this: it does not know whether its watch lives, ends on the first error, and is
 * silent for half a minute where a server stands still.
 */
export class Watched<T extends KubernetesObject> extends EventEmitter<{
	/** An object is new, or another than before; null: it is gone. */
	changed: [name: string, object: Json<T> | null];
}> {
	readonly #options: Required<Pick<WatchedOptions, 'cluster' | 'path' | 'silentMs'>>;
	readonly #query: Record<string, string>;
	readonly #objects = new Map<string, Json<T>>();
	/** Of what is kept; nothing older counts. */
	#version = '0';
	/** How many there were. */
	#changes = 0;
	/** When it was last certain that what is kept is what the server has. */
	#heardMs = Number.NEGATIVE_INFINITY;
	/** The latest fault; for messages. */
	#fault: unknown = null;
	/** Of the watch that is under way. */
	#watch: AbortController | null = null;
	readonly #closed = new AbortController();

	constructor({ cluster, path, labelSelector, fieldSelector, silentMs = 1000 }: WatchedOptions) {
		super();
		this.#options = { cluster, path, silentMs };
		this.#query = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
	}

	/**
	 * Goes on until `close`, whatever fails meanwhile.
	 * @returns when the objects are there for the first time
	 * @throws FlowferryError as `explainClusterFault`, where they cannot be listed; nothing is watched then
	 */
	async start(): Promise<void> {
		const version = await this.#list(true);
		void this.#keepWatching(version);
		void this.#keepProbing();
	}

	/**
	 * What the server had not longer than `silentMs` ago.
	 * @throws FlowferryError CLUSTER_OUT_OF_TOUCH
	 */
	read(): Json<T>[] {
		this.#assertInTouch();
		return [...this.#objects.values()];
	}

	/** One of them; the same errors. */
	get(name: string): Json<T> | null {
		this.#assertInTouch();
		return this.#objects.get(name) ?? null;
	}

	/** For how long it has been out of touch, in milliseconds; a little even where all is well. */
	get silentForMs(): number {
		return performance.now() - this.#heardMs;
	}

	close(): void {
		this.#closed.abort();
		this.#watch?.abort();
		this.removeAllListeners();
	}

	#assertInTouch(): void {
		const { silentMs, cluster } = this.#options;
		if (this.silentForMs <= silentMs) return;
		const fault = explainClusterFault(this.#fault, cluster);
		const why = fault instanceof Error ? `: ${fault.message}` : '';
		throw new FlowferryError({
			code: 'CLUSTER_OUT_OF_TOUCH',
			message: `nothing was heard of the API server of ${cluster.name} for ${Math.round(this.silentForMs)} ms${why}`,
			hint: 'check that it runs, and that this machine reaches it',
			cause: fault,
		});
	}

	async #keepWatching(version: string): Promise<void> {
		let failures = 0;
		for (let from: string | null = version; !this.#closed.signal.aborted; ) {
			try {
				from ??= await this.#list(true, this.#options.silentMs);
				await this.#watchFrom(from, () => {
					failures = 0;
				});
			} catch (error) {
				if (!this.#closed.signal.aborted) this.#fault = error;
				failures++;
			}
			from = null;
			const [least, most] = AGAIN_MS;
			const ms = Math.min(least * 2 ** failures, most) * (0.5 + Math.random());
			await this.#pause(ms);
		}
	}

	/** Until the server ends it, which it does after some minutes. */
	async #watchFrom(version: string, onEvent: () => void): Promise<void> {
		const { cluster, path } = this.#options;
		const watch = new AbortController();
		this.#watch = watch;
		const query = { ...this.#query, watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version };
		try {
			const answer = await cluster.config.stream(path, query, watch.signal);
			if (answer.status !== 200) throw { code: answer.status, body: await answer.text() } satisfies Answer;
			for await (const line of linesOf(answer.stream())) {
				const event = JSON.parse(line) as Event<Json<T>>;
				// The version is too old (410), or the server fails: all is listed anew.
				if (event.type === 'ERROR') throw { code: (event.object as { code?: number }).code ?? 500, body: event.object } satisfies Answer;
				onEvent();
				this.#take(event);
			}
		} finally {
			watch.abort();
			this.#watch = null;
		}
	}

	/** A list also tells whether the watch lags: where two in a row bring what it did not, or nobody answers, it begins anew. */
	async #keepProbing(): Promise<void> {
		const everyMs = this.#options.silentMs / PROBES;
		let lagging = 0;
		while (!this.#closed.signal.aborted) {
			await this.#pause(Math.max(everyMs * (0.25 + Math.random() / 2), everyMs - this.silentForMs));
			if (this.#closed.signal.aborted || this.silentForMs < everyMs) continue;
			try {
				const before = this.#changes;
				await this.#list(false, this.#options.silentMs);
				lagging = this.#changes === before ? 0 : lagging + 1;
				if (lagging < 2) continue;
			} catch (error) {
				if (!this.#closed.signal.aborted) this.#fault = error;
				if (this.silentForMs <= this.#options.silentMs) continue;
			}
			lagging = 0;
			this.#watch?.abort();
		}
	}

	/**
	 * @param isFirst of a watch: it counts whatever its version, which goes back where the cluster's database was restored
	 * @returns the collection's version
	 */
	async #list(isFirst: boolean, answerMs?: number): Promise<string> {
		const { cluster, path } = this.#options;
		const asked = performance.now();
		const { status, body } = await cluster.config.get(path, this.#query, answerMs);
		if (status !== 200) throw explainClusterFault({ code: status, body } satisfies Answer, cluster);
		const { items, metadata } = JSON.parse(body) as { items: Json<T>[]; metadata: { resourceVersion: string } };
		const version = metadata.resourceVersion;
		this.#heardMs = Math.max(this.#heardMs, asked);
		// The watch has brought more meanwhile.
		if (!isFirst && isOlder(version, this.#version)) return version;
		this.#version = version;
		const names = new Set(items.map(nameOf));
		for (const item of items) this.#keep(item);
		for (const name of this.#objects.keys()) if (!names.has(name)) this.#forget(name);
		return version;
	}

	#take({ type, object }: Event<Json<T>>): void {
		const version = versionOf(object);
		if (isOlder(version, this.#version)) return;
		this.#version = version;
		this.#heardMs = performance.now();
		if (type === 'BOOKMARK') return;
		if (type === 'DELETED') this.#forget(nameOf(object));
		else this.#keep(object);
	}

	#keep(object: Json<T>): void {
		const name = nameOf(object);
		const known = this.#objects.get(name);
		if (known && versionOf(known) === versionOf(object)) return;
		this.#objects.set(name, object);
		this.#changes++;
		this.emit('changed', name, object);
	}

	#forget(name: string): void {
		if (!this.#objects.delete(name)) return;
		this.#changes++;
		this.emit('changed', name, null);
	}

	async #pause(ms: number): Promise<void> {
		await sleep(ms, undefined, { ref: false, signal: this.#closed.signal }).catch(() => undefined);
	}
}

function nameOf(object: unknown): string {
	return (object as KubernetesObject).metadata?.name ?? '';
}

function versionOf(object: unknown): string {
	return (object as KubernetesObject).metadata?.resourceVersion ?? '';
}
