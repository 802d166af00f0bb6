import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { NodeRef } from './protocol.ts';

/**
 * The parts of Node-RED that the agent touches, as read in Node-RED 4.1 and 5.0. Names that begin with an underscore are
 * private there and are used only where nothing public serves; each use guards for their absence.
 */

/** What Node-RED hands to a plugin. */
export interface PluginApi {
	nodes: {
		eachNode(visit: (config: NodeConfig) => void): void;
		getNode(id: string): RuntimeNode | null;
		getCredentials(id: string): Record<string, unknown> | undefined;
	};
	hooks: {
		/** A promise that a callback returns is waited for. */
		add(name: string, callback: (event: HookEvent) => Promise<void> | undefined): void;
		/** `onSend`: false, or a promise of it, ends the messages here. Two declared parameters: they wait until `done` is called. */
		add(
			name: string,
			callback:
				| ((events: SendEvent[]) => Promise<false | undefined> | false | undefined)
				| ((events: SendEvent[], done: (result?: false) => void) => void),
		): void;
		remove(name: string): void;
	};
	events: { on(name: string, listener: (payload: RuntimeEvent) => void): void };
	log: {
		addHandler(handler: { emit(event: 'log', entry: LogEntry): void }): void;
		error(message: string): void;
		warn(message: string): void;
		ERROR: number;
	};
	plugins: { registerPlugin(id: string, definition: { type: string; onadd(): void }): void };
	server: Server;
	settings: { contextStorage?: unknown };
	version(): string;
}

export interface NodeConfig {
	id: string;
	type: string;
	name?: string;
	d?: boolean;
	[property: string]: unknown;
}

export interface RuntimeNode extends NodeConfig {
	close(removed: boolean): Promise<void>;
	_expectedDoneCount: number;
	_inputCallback?: unknown;
	_inputCallbacks?: unknown;
	_flow?: RuntimeFlow;
	/** Inside a subflow: the id that the node has in the subflow's definition. */
	_alias?: string;
}

export interface RuntimeFlow {
	/** Of a subflow instance: `<tab>/<instance>/…`. */
	path?: string;
	activeNodes?: Record<string, RuntimeNode>;
	subflowInstanceNodes?: Record<string, RuntimeFlow>;
}

interface HookEvent {
	msg: { _msgid?: string };
	/** preDeliver, onReceive */
	destination: { id: string; node: RuntimeNode };
	/** onComplete */
	node: { id: string; node: RuntimeNode };
}

/** What `onSend` gets: one entry for each wire that a send goes to. */
export interface SendEvent {
	msg: { _msgid?: string };
	source: { id: string; node: RuntimeNode };
}

/** `runtime-event` with id `runtime-state` tells why flows do not run; the state API does not. */
export interface RuntimeEvent {
	id?: string;
	/** Of `flows:starting`, `flows:started` and `flows:stopped`: `full`, or `nodes` and `flows`, where others went on. */
	type?: string;
	payload?: { state?: string; error?: string; types?: string[]; modules?: { module: string }[] };
}

interface LogEntry {
	level: number;
	id?: string;
	type?: string;
	name?: string;
	msg: unknown;
}

/** The documented runtime API, https://nodered.org/docs/api/modules/ : `flows` of `@node-red/runtime`. */
export interface RuntimeApi {
	flows: {
		getFlows(options: object): Promise<{ flows: NodeConfig[]; rev: string }>;
		setState(options: { state: 'start' | 'stop' }): Promise<{ state: string }>;
	};
}

/** The documented `util` of `@node-red/util`: paths into a value, such as `plant.pumps[0]`. */
export interface PropertyPaths {
	/** @throws with code INVALID_EXPR */
	normalisePropertyExpression(path: string): unknown[];
	getObjectProperty(object: object, path: string): unknown;
	setObjectProperty(object: object, path: string, value: unknown): boolean;
}

/** `@node-red/runtime/lib/nodes/context`: internal. */
export interface ContextModule {
	get(id: 'global'): { keys(store: string): unknown };
	listStores?(): { default?: string; stores: string[] };
}

/** `@node-red/runtime/lib/nodes/context/memory`: internal; makes a store. */
export type MemoryModule = (config: object) => object;

/** A module of this very process: resolved from the program that Node-RED was started by, so it is the same instance. */
export function requireFromNodeRed(module: string): unknown {
	return createRequire(process.argv[1] as string)(module);
}

export function loadRuntimeApi(): RuntimeApi {
	return requireFromNodeRed('@node-red/runtime') as RuntimeApi;
}

export function describeNode(node: NodeConfig): NodeRef {
	return { id: node.id, type: node.type, name: node.name ?? '' };
}

/** Has a handler for messages; a closed node has none any more. */
export function takesInput(node: RuntimeNode): boolean {
	return Boolean(node._inputCallback) || Boolean(node._inputCallbacks);
}

/** Every node that runs, those inside subflow instances included. */
export function* runningNodes(api: PluginApi): Generator<RuntimeNode> {
	const flows = new Set<RuntimeFlow>();
	api.nodes.eachNode((config) => {
		const flow = api.nodes.getNode(config.id)?._flow;
		if (flow) flows.add(flow);
	});
	for (const flow of flows) yield* nodesOfFlow(flow, new Set());
}

function* nodesOfFlow(flow: RuntimeFlow, seen: Set<RuntimeFlow>): Generator<RuntimeNode> {
	if (seen.has(flow)) return;
	seen.add(flow);
	yield* Object.values(flow.activeNodes ?? {});
	for (const instance of Object.values(flow.subflowInstanceNodes ?? {})) yield* nodesOfFlow(instance, seen);
}
