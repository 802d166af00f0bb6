import type { PluginApi, RuntimeNode, SendEvent } from './node-red.ts';
import { OnceInjects } from './once-injects.ts';
import type { PrimaryMessage, SingletonSources } from './protocol.ts';
import { isSource } from './sources.ts';
import { monotonicMs } from './time.ts';

const HOOK = 'onSend.flowferry-primary';

/**
 * Where several instances run the same flows: drops what singleton sources emit while this instance is not the primary. The
 * sources themselves go on, so that their timers need no start when the role comes here.
 *
 * The role ends here, at its lease's deadline, whatever the runner does: each message of such a source asks the clock.
 */
export class Primary {
	readonly #api: PluginApi;
	readonly #readNews: () => Promise<void>;
	/** Null where no primary is elected: then there is no hook. */
	#sources: Record<'nodes' | 'within' | 'except', ReadonlySet<string>> | null = null;
	#timers = false;
	#untilMs: number | null = null;
	#hooked = false;
	#beganAsPrimary = false;
	readonly #once = new OnceInjects();
	#known = new WeakMap<RuntimeNode, boolean>();

	/** @param readNews resolves when what the runner has sent by now is read */
	constructor(api: PluginApi, readNews: () => Promise<void>) {
		this.#api = api;
		this.#readNews = readNews;
	}

	take({ primaryUntilMs, sources }: PrimaryMessage): void {
		this.#untilMs = primaryUntilMs;
		if (sources) this.#learn(sources);
	}

	/** The flows are about to start, or the gate to open: what is to happen once at a start happens here, or on another instance. */
	begin(): void {
		if (!this.#sources) return;
		this.#beganAsPrimary = this.#isPrimary();
		this.#once.beginAnew();
		this.#hooked = true;
		this.comeLast();
	}

	/**
	 * Other hooks of ours see every message first: what waits at a gate is judged here when that opens, and streams count what
	 * they emit on each instance alike.
	 */
	comeLast(): void {
		if (!this.#hooked) return;
		this.#api.hooks.remove(HOOK);
		this.#api.hooks.add(HOOK, (events: SendEvent[]) => this.#judge(events));
	}

	/** The flows stop. */
	end(): void {
		if (this.#hooked) this.#api.hooks.remove(HOOK);
		this.#hooked = false;
	}

	#judge(events: SendEvent[]): Promise<false | undefined> | false | undefined {
		const node = events[0]?.source.node;
		if (!node || !this.#isSingleton(node)) return undefined;
		if (this.#once.isFirst(node) && !this.#beganAsPrimary) return false;
		if (this.#isPrimary()) return undefined;
		if (this.#untilMs === null) return false;
		// A process that was frozen gets to its timers before the runner's news.
		return this.#readNews().then(() => (this.#isPrimary() ? undefined : false));
	}

	#isPrimary(): boolean {
		return this.#untilMs !== null && monotonicMs() < this.#untilMs;
	}

	#isSingleton(node: RuntimeNode): boolean {
		let known = this.#known.get(node);
		if (known === undefined) {
			known = this.#findOut(node);
			this.#known.set(node, known);
		}
		return known;
	}

	#findOut(node: RuntimeNode): boolean {
		const sources = this.#sources;
		// Inside a subflow instance a node has an id of its own; the flows know the definition's.
		const id = node._alias ?? node.id;
		if (!sources || sources.except.has(id)) return false;
		return (this.#timers && node.type === 'inject') || sources.nodes.has(id) || (sources.within.has(id) && isSource(node));
	}

	#learn({ timers, nodes, within, except }: SingletonSources): void {
		this.#timers = timers;
		this.#sources = { nodes: new Set(nodes), within: new Set(within), except: new Set(except) };
		this.#known = new WeakMap();
	}
}
