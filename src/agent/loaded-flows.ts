import { createHmac, randomBytes } from 'node:crypto';
import type { NodeConfig, PluginApi, RuntimeApi } from './node-red.ts';
import { describeNode } from './node-red.ts';
import type { ChangedCredentials, LoadedFlows } from './protocol.ts';

/** Of one node: by the credential's name, its value as a digest. */
type Digests = Map<string, string>;

/**
 * Watches what Node-RED has loaded: somebody may deploy other flows, or other credentials, in place. Of credentials it keeps
 * digests alone, under a key that ends with the process.
 */
export class Loaded {
	readonly #flows: RuntimeApi['flows'];
	readonly #credentialsOf: (id: string) => Record<string, unknown> | undefined;
	readonly #key = randomBytes(32);
	#atFirst: Map<string, Digests> | null = null;
	#rev: string | null = null;
	#credentialsChanged = false;

	constructor(runtime: RuntimeApi, nodes: Pick<PluginApi['nodes'], 'getCredentials'>) {
		this.#flows = runtime.flows;
		this.#credentialsOf = (id) => nodes.getCredentials(id);
	}

	/** Of the flows, as Node-RED computes it; null before they are loaded. */
	get rev(): string | null {
		return this.#rev;
	}

	/** Whether a node has other credentials than when Node-RED came up. */
	get credentialsChanged(): boolean {
		return this.#credentialsChanged;
	}

	/** Called when Node-RED has come up, and after each deploy. */
	async look(): Promise<void> {
		const { flows, rev } = await this.#flows.getFlows({});
		this.#atFirst ??= this.#digestAll(flows);
		this.#rev = rev;
		this.#credentialsChanged = this.#changes(flows).length > 0;
	}

	async read(): Promise<LoadedFlows> {
		const { flows, rev } = await this.#flows.getFlows({});
		return { flows, rev, credentials: this.#changes(flows) };
	}

	#changes(flows: NodeConfig[]): ChangedCredentials[] {
		return flows.flatMap((node) => {
			const [before, now] = [this.#atFirst?.get(node.id) ?? new Map(), this.#digest(node.id)];
			const names = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name));
			return names.length > 0 ? [{ node: describeNode(node), names: names.sort() }] : [];
		});
	}

	#digestAll(flows: NodeConfig[]): Map<string, Digests> {
		return new Map(flows.map(({ id }) => [id, this.#digest(id)]));
	}

	#digest(id: string): Digests {
		const digest = (value: unknown) => createHmac('sha256', this.#key).update(JSON.stringify(value)).digest('base64');
		return new Map(
			Object.entries(this.#credentialsOf(id) ?? {})
				.filter(([, value]) => value !== undefined && value !== '')
				.map(([name, value]) => [name, digest(value)]),
		);
	}
}
