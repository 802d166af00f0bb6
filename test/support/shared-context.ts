import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Durability } from '../../src/agent/context-file.ts';
import { ContextStore } from '../../src/agent/context-store.ts';
import type { PropertyPaths } from '../../src/agent/node-red.ts';
import { SharedContext, type WriteRefused } from '../../src/agent/shared-context.ts';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import { openStateDatabase } from '../../src/lib/adapters/state-database.ts';
import { leaseTables, SqliteLeaseStore } from '../../src/lib/lease/sqlite-lease-store.ts';

/** Node-RED's own. */
export const paths: PropertyPaths = createRequire(import.meta.url)('@node-red/util').util;

/** A store as one of several instances has it, and what its agent is told. */
export interface StoreOfInstance {
	store: ContextStore;
	shared: SharedContext;
	refused: WriteRefused[];
	unusable: Error[];
	/** Takes the environment's seat for `ttlMs`, and joins. @returns what yielded */
	activate(ttlMs?: number): Promise<string[]>;
	/** Frees the seat, of which this instance knows nothing: as if it were frozen. */
	loseSeat(): Promise<void>;
	/** Stops being active, and frees the seat. */
	retire(): Promise<void>;
}

export interface SharedEnvironment {
	folder: string;
	/** `context.db` */
	file: string;
	/** Opens the file as one more instance. */
	instance(name: string): Promise<StoreOfInstance>;
	/** The same, unopened. */
	closedInstance(name: string): StoreOfInstance;
	/** Puts a new lease store in the old one's place. */
	makeLeasesAnew(): Promise<void>;
	remove(): Promise<void>;
}

/** One environment's context file and leases in a folder, which is removed with them where it is a temporary one. */
export async function createSharedEnvironment({
	folder,
	durability = 'process',
}: {
	folder?: string;
	durability?: Durability;
} = {}): Promise<SharedEnvironment> {
	const place = folder ?? (await mkdtemp(join(tmpdir(), 'flowferry-context-')));
	const file = join(place, 'context.db');
	const stateFile = join(place, 'state.db');
	const openLeases = () => new SqliteLeaseStore(openStateDatabase(stateFile, leaseTables), systemClock());
	let leases = openLeases();
	const stores: ContextStore[] = [];

	function closedInstance(name: string): StoreOfInstance {
		const shared = new SharedContext();
		const refused: WriteRefused[] = [];
		const unusable: Error[] = [];
		shared.onRefused = (refusal) => refused.push(refusal);
		shared.onUnusable = (error) => unusable.push(error);
		const store = new ContextStore({ file, durability, stateFile, seat: 'active' }, shared, paths);
		stores.push(store);
		return {
			store,
			shared,
			refused,
			unusable,
			activate: async (ttlMs = 60_000) => {
				const answer = await leases.acquire('active', name, ttlMs);
				if (!answer.granted) throw new Error(`${answer.heldBy} holds the seat`);
				shared.lease = { token: answer.token, untilMs: systemClock().nowMs() + ttlMs };
				return store.join();
			},
			loseSeat: () => leases.release('active', name, shared.lease?.token ?? 0),
			retire: async () => {
				store.part();
				await leases.release('active', name, shared.lease?.token ?? 0);
				shared.lease = null;
			},
		};
	}

	return {
		folder: place,
		file,
		closedInstance,
		instance: async (name) => {
			const instance = closedInstance(name);
			await instance.store.open();
			return instance;
		},
		makeLeasesAnew: async () => {
			leases.close();
			for (const suffix of ['', '-wal', '-shm']) await rm(stateFile + suffix, { force: true });
			leases = openLeases();
		},
		remove: async () => {
			for (const store of stores) await store.close();
			leases.close();
			if (folder === undefined) await rm(place, { recursive: true });
		},
	};
}
