import type { ContextModule, MemoryModule, PluginApi } from './node-red.ts';
import { requireFromNodeRed } from './node-red.ts';
import type { SharedStore } from './shared-context.ts';
import { sharedContext } from './shared-context.ts';

/** A memory store's own object: by scope (`global`, a flow's id, `<node>:<flow>`), then by key. */
export type MemoryData = Record<string, Record<string, unknown>>;

export interface ContextStores {
	/** By name. */
	memory: Map<string, MemoryData>;
	/** Stores that keep their contents themselves, elsewhere than in this process's memory; without the one that all instances share. */
	others: { name: string; module: string }[];
	/** The one that all instances share, where it is the default. */
	shared: SharedStore | null;
}

/** Node-RED's context is not as it is in the versions that were read. */
export class UnknownContext extends Error {}

interface Configured {
	module?: unknown;
}

/**
 * Finds the stores of this Node-RED (4.1 and 5.0: `@node-red/runtime/lib/nodes/context`). Its context objects give no
 * list of scopes, so the memory stores' own data are needed; a store of its class shows itself when it is asked for keys.
 * @throws UnknownContext where something is not there
 */
export function findContextStores(settings: PluginApi['settings'], require = requireFromNodeRed): ContextStores {
	let context: ContextModule;
	let createMemory: MemoryModule;
	try {
		context = require('@node-red/runtime/lib/nodes/context') as ContextModule;
		createMemory = require('@node-red/runtime/lib/nodes/context/memory') as MemoryModule;
	} catch (cause) {
		throw new UnknownContext('this Node-RED has no context module where it is looked for', { cause });
	}
	const configured = (settings.contextStorage ?? {}) as Record<string, Configured | string>;
	const stores: ContextStores = { memory: new Map(), others: [], shared: null };
	const listed = context.listStores?.();
	for (const name of listed?.stores ?? []) {
		const definition = configured[name];
		const module = typeof definition === 'object' ? definition.module : 'memory';
		if (module === 'memory') stores.memory.set(name, dataOf(name, context, createMemory));
		else if ((module as { isShared?: unknown } | undefined)?.isShared === true) {
			if (name === listed?.default) stores.shared = sharedContext.store;
		} else stores.others.push({ name, module: typeof module === 'string' ? module : 'custom' });
	}
	if (!listed?.stores.length) throw new UnknownContext('this Node-RED names no context stores');
	return stores;
}

function dataOf(name: string, context: ContextModule, createMemory: MemoryModule): MemoryData {
	const prototype = Object.getPrototypeOf(createMemory({})) as { keys?: (...args: unknown[]) => unknown };
	const { keys } = prototype;
	let store: { _export?: () => MemoryData } | undefined;
	if (typeof keys !== 'function') throw new UnknownContext("this Node-RED's memory store has no keys");
	prototype.keys = function (this: NonNullable<typeof store>, ...args: unknown[]) {
		store = this;
		return keys.apply(this, args);
	};
	try {
		context.get('global').keys(name);
	} finally {
		prototype.keys = keys;
	}
	const data = store?._export?.();
	if (typeof data !== 'object' || data === null) throw new UnknownContext("this Node-RED's memory store does not show its data");
	return data;
}
