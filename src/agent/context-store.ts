import { setTimeout as sleep } from 'node:timers/promises';
import { deserialize } from 'node:v8';
import type { Durability, Permit } from './context-file.ts';
import { ContextFile, ContextUnusable } from './context-file.ts';
import { ContextOverlay } from './context-overlay.ts';
import { assertKept, pack, placeOf } from './kept-values.ts';
import type { LeasePlace } from './lease-record.ts';
import { identifyLeases, isRenewed } from './lease-record.ts';
import type { PropertyPaths } from './node-red.ts';
import { requireFromNodeRed } from './node-red.ts';
import type { KnownLease, SharedContext, SharedStore } from './shared-context.ts';
import { sharedContext, WriteRefused } from './shared-context.ts';
import { monotonicMs } from './time.ts';

/** As settings hand it over, from the runner. */
export interface ContextStoreConfig extends LeasePlace {
	/** Absolute: the environment's `context.db`. */
	file: string;
	durability: Durability;
}

type Callback = (error?: unknown, ...values: unknown[]) => void;

/** Names in the global scope that Node-RED hides (`memory.js`). */
const HIDDEN = new Set(['get', 'set', 'keys']);

/** Several instances that make the file at the same moment wait for each other. */
const OPEN_TRIES = 50;
const OPEN_RETRY_MS = 50;

/**
 * Node-RED's context (global, flow and node), shared by all instances of an environment: what was set and acknowledged is in
 * the file. Only the active instance writes there, under its lease; what flows set before (behind a gate, say) lies over it
 * in memory, and goes into the file when they become active. The store's interface is Node-RED's:
 * https://nodered.org/docs/api/context/ ; everything in it answers at once, with a callback or without.
 */
export class ContextStore implements SharedStore {
	readonly #config: ContextStoreConfig;
	readonly #shared: SharedContext;
	readonly #paths: PropertyPaths;
	readonly #overlay = new ContextOverlay();
	#opened: ContextFile | null = null;
	/** By what right this instance has joined; null: it stands apart. */
	#joined: Permit | null = null;

	constructor(config: ContextStoreConfig, shared: SharedContext, paths: PropertyPaths) {
		this.#config = config;
		this.#shared = shared;
		this.#paths = paths;
		shared.store = this;
	}

	/** @throws ContextUnusable where the file is damaged or cannot be reached: never does another, empty one take its place */
	async open(): Promise<void> {
		for (let tries = 1; !this.#opened; tries++) {
			try {
				this.#opened = new ContextFile(this.#config.file, this.#config.durability);
			} catch (error) {
				if (!(error as { isBusy?: boolean }).isBusy || tries === OPEN_TRIES) {
					this.#shared.onUnusable(error as Error);
					throw error;
				}
				await sleep(OPEN_RETRY_MS);
			}
		}
	}

	async close(): Promise<void> {
		this.#opened?.close();
		this.#opened = null;
	}

	/**
	 * @param key or several; a path into a value (`plant.pumps[0]`) is a key, too
	 * @returns the caller's own copy; with a callback, it gets that: `(error, value, …)`
	 */
	get(scope: string, key: string | string[], callback?: Callback): unknown {
		return answer(callback, Array.isArray(key), () => [key].flat().map((each) => this.#getOne(scope, each)));
	}

	/** @param value undefined deletes */
	set(scope: string, key: string | string[], value: unknown, callback?: Callback): void {
		const keys = [key].flat();
		const values = Array.isArray(key) && Array.isArray(value) ? value : [value];
		answer(callback, false, () => {
			this.#put(scope, this.#stage(scope, keys, values));
			return [];
		});
	}

	keys(scope: string, callback?: Callback): string[] {
		return answer(callback, false, () => [this.#keysOf(scope)]) as string[];
	}

	/** Everything that a scope has. */
	async delete(scope: string): Promise<void> {
		this.#put(scope, new Map(this.#keysOf(scope).map((key) => [key, null])));
	}

	/**
	 * Deletes nothing. Node-RED calls it with the nodes of the flows that it has, and asks for the rest to go. But another
	 * release is in the other slot: a rollback starts its flows, and they are to find what they knew. Who asks knows of one
	 * release alone, so nobody here could tell what is left over from what is needed.
	 */
	async clean(_activeNodes: string[]): Promise<void> {}

	join(): string[] {
		const permit = this.#newPermit(this.#currentLease());
		const yielded: string[] = [];
		this.#file.change(permit, true, (writer) => {
			for (const { scope, key, value, base } of this.#overlay.entries()) {
				if ((writer.read(scope, key)?.stamp ?? null) !== base) yielded.push(placeOf(scope, key));
				else writer.write(scope, key, value);
			}
		});
		this.#overlay.clear();
		this.#joined = permit;
		return yielded;
	}

	part(): void {
		this.#joined = null;
		this.#overlay.clear();
	}

	beginAnew(): void {
		this.#joined = null;
		this.#overlay.clearOwn();
	}

	bring(scope: string, key: string, value: unknown): boolean {
		const apart = this.#overlay.find(scope, key);
		if (apart && !apart.isBrought) return false;
		this.#setApart(scope, key, pack(value, placeOf(scope, key)), true);
		return true;
	}

	#getOne(scope: string, key: string): unknown {
		const [root, ...rest] = this.#parse(key);
		const value = this.#load(scope, root);
		if (rest.length === 0) return value;
		try {
			return this.#paths.getObjectProperty({ [root]: value }, key);
		} catch (error) {
			if ((error as { code?: string }).code === 'INVALID_EXPR') throw error;
			return undefined; // on the way there is something without properties
		}
	}

	#load(scope: string, key: string): unknown {
		const apart = this.#overlay.find(scope, key);
		const bytes = apart ? apart.value : this.#file.read(scope, key)?.value;
		if (!bytes) return undefined;
		try {
			// Buffers in what is read would share their bytes with what is kept.
			return deserialize(apart ? Buffer.from(bytes) : bytes);
		} catch (cause) {
			throw new ContextUnusable(`context ${placeOf(scope, key)} cannot be read: a later version of Node.js may have written it`, { cause });
		}
	}

	#keysOf(scope: string): string[] {
		const keys = this.#overlay.keys(scope, this.#file.keys(scope));
		return scope === 'global' ? keys.filter((key) => !HIDDEN.has(key)) : keys;
	}

	/** What is to be written, by key: everything is looked at before anything is. */
	#stage(scope: string, keys: string[], values: unknown[]): Map<string, Uint8Array | null> {
		const staged = new Map<string, Uint8Array | null>();
		keys.forEach((key, index) => {
			// As Node-RED's own stores have it.
			const value = index < values.length ? values[index] : null;
			const [root, ...rest] = this.#parse(key);
			if (rest.length === 0) {
				staged.set(root, value === undefined ? null : pack(value, placeOf(scope, key)));
				return;
			}
			const before = staged.get(root);
			const current = before ? deserialize(Buffer.from(before)) : before === null ? undefined : this.#load(scope, root);
			const holder: Record<string, unknown> = current === undefined ? {} : { [root]: current };
			if (value !== undefined) assertKept(value, placeOf(scope, key));
			this.#paths.setObjectProperty(holder, key, value);
			if (Object.hasOwn(holder, root)) staged.set(root, pack(holder[root], placeOf(scope, root)));
		});
		return staged;
	}

	#put(scope: string, staged: Map<string, Uint8Array | null>): void {
		if (staged.size === 0) return;
		const joined = this.#joined;
		if (joined === null) {
			for (const [key, value] of staged) this.#setApart(scope, key, value, false);
			return;
		}
		const what = [...staged.keys()].map((key) => placeOf(scope, key)).join(', ');
		try {
			const lease = this.#currentLease();
			// Taken anew, from a lease store that may be a new one: as if it joined again.
			const isNew = lease.token !== joined.token;
			const permit = isNew ? this.#newPermit(lease) : joined;
			this.#file.change(permit, isNew, (writer) => {
				for (const [key, value] of staged) writer.write(scope, key, value);
			});
			this.#joined = permit;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			error.message = `context ${what} was not written: ${error.message}`;
			if (error instanceof WriteRefused) this.#shared.onRefused(error);
			throw error;
		}
	}

	#setApart(scope: string, key: string, value: Uint8Array | null, isBrought: boolean): void {
		const before = this.#overlay.find(scope, key);
		const base = before ? before.base : (this.#file.read(scope, key)?.stamp ?? null);
		this.#overlay.set({ scope, key, value, base, isBrought });
	}

	/** The lease at this very moment. */
	#currentLease(): KnownLease {
		const { lease } = this.#shared;
		if (!lease) throw new WriteRefused('this instance holds no lease', false);
		if (monotonicMs() >= lease.untilMs && !isRenewed(this.#config, lease)) throw new WriteRefused("this instance's lease has ended", false);
		return lease;
	}

	#newPermit({ token }: KnownLease): Permit {
		return { leases: identifyLeases(this.#config), token };
	}

	#parse(key: string): [root: string, ...rest: unknown[]] {
		// Nothing in it that a path is made of.
		if (/^[A-Za-z_$][\w$]*$/.test(key)) return [key];
		const [root, ...rest] = this.#paths.normalisePropertyExpression(key);
		return [String(root), ...rest];
	}

	get #file(): ContextFile {
		if (!this.#opened) throw new Error(`the context store ${this.#config.file} is not open`);
		return this.#opened;
	}
}

/** Returns or throws; with a callback, calls it instead. */
function answer(callback: Callback | undefined, isList: boolean, work: () => unknown[]): unknown {
	if (!callback) {
		const values = work();
		return isList ? values : values[0];
	}
	let values: unknown[];
	try {
		values = work();
	} catch (error) {
		callback(error);
		return undefined;
	}
	callback(undefined, ...values);
	return undefined;
}

/** What Node-RED's `contextStorage` takes as a module. */
function createContextStore(config: ContextStoreConfig): ContextStore {
	return new ContextStore(config, sharedContext, (requireFromNodeRed('@node-red/util') as { util: PropertyPaths }).util);
}

/** Node-RED logs this at its start. */
createContextStore.toString = () => 'flowferry';
/** All instances have the same contents: nothing of it is to be carried from one to another. */
createContextStore.isShared = true;

// Settings load this by require(), which takes this name for the whole export (Node.js 20.19, 22.12 and later).
export { createContextStore as 'module.exports' };
