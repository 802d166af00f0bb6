import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Durability } from '../../src/agent/context-file.ts';
import { ContextStore } from '../../src/agent/context-store.ts';
import { SharedContext } from '../../src/agent/shared-context.ts';

type Callback = (error?: unknown, value?: unknown) => void;

/** What a store of Node-RED's has, in the form that all of them know. */
interface NodeRedStore {
	open(): Promise<unknown>;
	close(): Promise<unknown>;
	get(scope: string, key: string, callback: Callback): void;
	set(scope: string, key: string, value: unknown, callback: Callback): void;
}

export interface MeasuredStore {
	name: string;
	/** In each round: stores that wait for a disk get fewer. */
	operations: number;
	set(key: string, value: unknown): Promise<void>;
	get(key: string): Promise<unknown>;
	close(): Promise<unknown>;
}

/** Node-RED's own stores, and ours in both durabilities, each with a folder of its own. */
export async function openStores(folder: string): Promise<MeasuredStore[]> {
	const require = createRequire(import.meta.url);
	const own = (name: string, config: object) => require(`@node-red/runtime/lib/nodes/context/${name}`)(config) as NodeRedStore;
	return await Promise.all([
		measured('memory', own('memory', {}), 2000),
		measured('ours, process', ours(folder, 'process'), 500),
		measured('ours, power', ours(folder, 'power'), 40),
		measured('localfilesystem, uncached', own('localfilesystem', { dir: folder, cache: false, settings: { userDir: folder } }), 40),
	]);
}

async function measured(name: string, store: NodeRedStore, operations: number): Promise<MeasuredStore> {
	await store.open();
	if (store instanceof ContextStore) store.join();
	return {
		name,
		operations,
		set: (key, value) => new Promise((resolve, reject) => store.set('flow', key, value, (error) => (error ? reject(error) : resolve()))),
		get: (key) => new Promise((resolve, reject) => store.get('flow', key, (error, value) => (error ? reject(error) : resolve(value)))),
		close: () => store.close(),
	};
}

function ours(folder: string, durability: Durability): ContextStore {
	const shared = new SharedContext();
	shared.lease = { token: 1, untilMs: Number.POSITIVE_INFINITY };
	const stateFile = join(folder, 'state.db');
	writeFileSync(stateFile, '');
	const { util } = createRequire(import.meta.url)('@node-red/util');
	return new ContextStore({ file: join(folder, `${durability}.db`), durability, stateFile, seat: 'active' }, shared, util);
}
