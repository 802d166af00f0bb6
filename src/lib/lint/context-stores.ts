/**
 * Where the values of a context store are. `process`: gone when the process ends; `machine`: files of one instance's user
 * directory; `shared`: the same for all instances; `unknown`: flows alone do not tell.
 */
export type StoreReach = 'process' | 'machine' | 'shared' | 'unknown';

/** One entry of `contextStorage`, as in Node-RED's settings; `shared` is ours, for modules that we do not know. */
export interface ContextStore {
	/** `memory`, `localfilesystem`, or a module (its name, where the settings hold the module itself). */
	module?: unknown;
	shared?: boolean;
	[setting: string]: unknown;
}

/** `contextStorage` of Node-RED's settings: stores by name; `default` may name another store. */
export type ContextStores = Readonly<Record<string, ContextStore | string>>;

/** As production's settings name the store that flowferry gives to instances which share their context (`templates/settings.cjs`). */
const ours = 'flowferry';

/** The stores of production where instances share their context: ours beside the user's own, and the default where there are none. */
export function withSharedStore(stores: ContextStores | undefined): ContextStores {
	const shared = { module: ours, shared: true };
	if (!stores || Object.keys(stores).length === 0) return { default: ours, [ours]: shared };
	return { ...stores, [ours]: stores[ours] ?? shared };
}

/** Whether what is read from the store is known to be a copy: a change inside it is lost unless it is set again. */
export function handsOutCopies(stores: ContextStores | undefined, name: string | null): boolean {
	return stores !== undefined && Object.keys(stores).length > 0 && findStore(stores, name)?.module === ours;
}

/** Stores that keep their values on a server, by the names of the modules that npm knows. */
const onServer = /redis|postgres|mysql|mongo|etcd|sql-?server|nr-persistent-context/i;

/**
 * The reach of a store by the name that a node gives, null for the default store. As Node-RED does, a name that is not
 * configured falls back to the default store (`@node-red/runtime`, lib/nodes/context/index.js).
 */
export function reachOfStore(stores: ContextStores | undefined, name: string | null): StoreReach {
	if (!stores || Object.keys(stores).length === 0) {
		if (name === null || name === 'default') return 'process';
		return /mem/i.test(name) ? 'process' : 'unknown';
	}
	return reachOf(findStore(stores, name));
}

function findStore(stores: ContextStores, name: string | null): ContextStore | undefined {
	const asked = name !== null && Object.hasOwn(stores, name) ? name : defaultName(stores);
	const found = stores[asked];
	if (typeof found !== 'string') return found;
	const named = Object.hasOwn(stores, found) ? stores[found] : undefined;
	return typeof named === 'string' ? undefined : (named ?? { module: found });
}

/** `default`, or the first store where none has that name. */
function defaultName(stores: ContextStores): string {
	return Object.hasOwn(stores, 'default') ? 'default' : (Object.keys(stores)[0] as string);
}

function reachOf(store: ContextStore | undefined): StoreReach {
	if (!store) return 'unknown';
	if (store.shared === true) return 'shared';
	if (store.module === 'memory') return 'process';
	if (store.module === 'localfilesystem') return 'machine';
	if (typeof store.module === 'string' && onServer.test(store.module)) return store.shared === false ? 'machine' : 'shared';
	return store.shared === false ? 'machine' : 'unknown';
}
