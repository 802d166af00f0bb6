import { deserialize, serialize } from 'node:v8';
import { createExceptions, createScopeNamer } from './context-scopes.ts';
import type { ContextStores } from './context-stores.ts';
import { UnknownContext } from './context-stores.ts';
import { examine } from './context-values.ts';
import type { NodeConfig } from './node-red.ts';
import type { AgentCalls, ContextExport, ContextImport, ContextLeft } from './protocol.ts';

/** What goes from one instance to another; serialized as one, so that values which share an object go on sharing it. */
interface Carried {
	entries: { store: string; scope: string; name: string; key: string; value: unknown }[];
	/** What this instance once had in common with the other one, and what its flows have deleted since. */
	gone: { store: string; scope: string; key: string }[];
}

type Entry = Carried['entries'][number];
type Place = Carried['gone'][number];

/** How Node-RED calls the store that it has where none is configured. */
const UNCONFIGURED = 'memory';

/** Also names in a memory store's global scope, where Node-RED hides them (`memory.js`). */
const NOT_KEYS = new Set(['get', 'set', 'keys']);

/**
 * Global, flow and node context that Node-RED keeps in memory: read out, and written into another instance. Written before
 * the flows' start, nodes find it at their start; written into running flows, with their next message. Values appear in
 * no error and no report.
 */
export class MemoryContext {
	readonly #stores: () => ContextStores;
	/** Every place that was ever carried, from here or to here. */
	readonly #shared = new Map<string, Place>();
	/** What the last import wrote, until the flows go to work. */
	readonly #written = new Map<string, unknown>();

	/** @param stores asked anew each time: Node-RED may replace them */
	constructor(stores: () => ContextStores) {
		this.#stores = stores;
	}

	export(flows: readonly NodeConfig[], { except, maxBytes }: AgentCalls['exportContext']['params']): ContextExport {
		const stores = this.#known();
		if (!stores) return { values: toText({ entries: [], gone: [] }), excepted: 0, left: [unknownVersion], stores: [] };
		const nameOf = createScopeNamer(flows);
		const isExcepted = createExceptions(except);
		const left: ContextLeft[] = [];
		const candidates: { entry: Entry; bytes: number }[] = [];
		let excepted = 0;
		for (const { store, scope, key, value } of contents(stores)) {
			const named = nameOf(scope);
			if (isExcepted(named, key)) {
				excepted++;
				continue;
			}
			const examined = examine(value);
			if (examined.portable) candidates.push({ entry: { store, scope, name: named.name, key, value }, bytes: examined.bytes });
			else left.push({ scope: named.name, key, why: examined.why });
		}

		let room = maxBytes;
		const chosen = new Set<Entry>();
		// The smallest first: so the most goes, and what does not is the same each time.
		for (const { entry, bytes } of candidates.toSorted((a, b) => a.bytes - b.bytes)) {
			if (bytes > room) left.push({ scope: entry.name, key: entry.key, why: `about ${bytes} bytes: more than context.maxBytes leaves` });
			else {
				room -= bytes;
				chosen.add(entry);
			}
		}
		const fitting = candidates.map(({ entry }) => entry).filter((entry) => chosen.has(entry));
		const gone = [...this.#shared.values()].filter(({ store, scope, key }) => !hasKey(stores, { store, scope, key }));
		const { values, entries, failed } = pack(fitting, gone);
		for (const { store, scope, key } of entries) this.#share({ store, scope, key });
		for (const { name, key } of failed) left.push({ scope: name, key, why: 'cannot be serialized' });
		// Nothing to carry, and nothing to delete: then there is nothing to import either.
		const isEmpty = entries.length === 0 && gone.length === 0;
		return { values: isEmpty ? '' : values, excepted, left, stores: stores.others };
	}

	/**
	 * What the other instance does not have is left alone, unless its flows deleted what once came from here.
	 * @param running the flows run already, behind a gate: what they have set or deleted since the last import (in their On
	 * Start code, say) is theirs, as it would be had they started after it
	 */
	import(flows: readonly NodeConfig[], values: string, running: boolean): ContextImport {
		const bytes = Buffer.from(values, 'base64');
		const { entries, gone } = deserialize(bytes) as Carried;
		const stores = this.#known();
		if (!stores) return { carried: 0, bytes: 0, left: entries.map(({ name, key }) => ({ scope: name, key, why: unknownVersion.why })) };
		const nameOf = createScopeNamer(flows);
		const left: ContextLeft[] = [];
		for (const { store, scope, name, key, value } of entries) {
			const data = stores.memory.get(store);
			if (!data && store === UNCONFIGURED && stores.shared && nameOf(scope).known) {
				// The old release kept in memory what the new one shares.
				if (!stores.shared.bring(scope, key, value)) left.push({ scope: name, key, why: 'the new flows have set it' });
			} else if (!data) left.push({ scope: name, key, why: `the new release keeps no context store '${store}' in memory` });
			else if (!nameOf(scope).known) left.push({ scope: name, key, why: 'the new flows do not have it' });
			else if (running && this.#isTheirs({ store, scope, key }, data[scope]))
				left.push({ scope: name, key, why: 'the new flows have set it' });
			else {
				data[scope] ??= {};
				data[scope][key] = value;
				this.#written.set(idOf({ store, scope, key }), value);
				this.#share({ store, scope, key });
			}
		}
		for (const { store, scope, key } of gone) delete stores.memory.get(store)?.[scope]?.[key];
		return { carried: entries.length - left.length, bytes: entries.length === 0 ? 0 : bytes.length, left };
	}

	/** The flows go to work: what they set from now on needs no telling from what was imported. */
	forgetImport(): void {
		this.#written.clear();
	}

	/** Whether it is no longer as the last import left it. */
	#isTheirs(place: Place, content: Record<string, unknown> | undefined): boolean {
		const has = content !== undefined && Object.hasOwn(content, place.key);
		const id = idOf(place);
		return this.#written.has(id) ? !has || !Object.is(content[place.key], this.#written.get(id)) : has;
	}

	/**
	 * Node-RED forgets node context when a node closes, where no store is configured. A stop for a hand-over is none for
	 * good: what this remembers, a call of its result puts back.
	 */
	remember(): () => void {
		const stores = this.#known();
		const before = [...(stores?.memory.values() ?? [])].map((data) => ({ data, scopes: { ...data } }));
		return () => {
			for (const { data, scopes } of before) for (const [scope, content] of Object.entries(scopes)) data[scope] ??= content;
		};
	}

	/** Null on a Node-RED whose context is unknown. */
	#known(): ContextStores | null {
		try {
			return this.#stores();
		} catch (error) {
			if (error instanceof UnknownContext) return null;
			throw error;
		}
	}

	#share(place: Place): void {
		this.#shared.set(idOf(place), place);
	}
}

const unknownVersion: ContextLeft = {
	scope: 'all',
	key: '*',
	why: 'this version of Node-RED keeps its context in a way that is not known',
};

function* contents({ memory }: ContextStores): Generator<Place & { value: unknown }> {
	for (const [store, data] of memory)
		for (const [scope, content] of Object.entries(data))
			for (const [key, value] of Object.entries(content)) if (scope !== 'global' || !NOT_KEYS.has(key)) yield { store, scope, key, value };
}

function idOf({ store, scope, key }: Place): string {
	return JSON.stringify([store, scope, key]);
}

function hasKey(stores: ContextStores, { store, scope, key }: Place): boolean {
	return Object.hasOwn(stores.memory.get(store)?.[scope] ?? {}, key);
}

/** What `examine` let pass and cannot go all the same is left out. The error is not told: it may quote a value. */
function pack(fitting: Entry[], gone: Place[]): { values: string; entries: Entry[]; failed: Entry[] } {
	const attempt = (entries: Entry[]): string | null => {
		try {
			return toText({ entries, gone });
		} catch {
			return null;
		}
	};
	const whole = attempt(fitting);
	if (whole !== null) return { values: whole, entries: fitting, failed: [] };
	const entries = fitting.filter((entry) => attempt([entry]) !== null);
	return { values: toText({ entries, gone }), entries, failed: fitting.filter((entry) => !entries.includes(entry)) };
}

function toText(carried: Carried): string {
	return serialize(carried).toString('base64');
}
