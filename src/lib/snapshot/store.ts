import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Snapshot } from './snapshot.ts';
import { shortId } from './snapshot.ts';

/** Where snapshots are kept. What is stored never changes, and is checked against its id whenever it is read. */
export interface SnapshotStore {
	/**
	 * Keeps a snapshot. Where one of that id is there already, that one stays, with its author, time and message.
	 * @throws FlowferryError STORE_WRITE_FAILED with everything stored before still readable; STORE_CORRUPT, STORE_BUSY, GIT_…
	 */
	put(snapshot: Snapshot): Promise<Shared & { created: boolean }>;
	/**
	 * The snapshot of that id, or of the only one that begins so, or of that tag.
	 * @throws FlowferryError SNAPSHOT_ID_INVALID, SNAPSHOT_UNKNOWN, SNAPSHOT_AMBIGUOUS, STORE_CORRUPT, STORE_UNREADABLE
	 */
	get(name: string): Promise<Snapshot>;
	/**
	 * The newest first; those that cannot be trusted come last, each with what is wrong with it.
	 * @param limit so many at most, of those whose age can be told; the others' flows are not read. Default: all
	 */
	list(limit?: number): Promise<StoredSnapshot[]>;
	/** When each was taken, the newest first; undefined where that cannot be told. Flows are not read. */
	index(): Promise<StoredTime[]>;
	/** How many there are. */
	count(): Promise<number>;
	/** Reads and checks everything, the history of the repository included. @param onRead for progress */
	verify(onRead?: (done: number, total: number) => void): Promise<Verification>;
	/** Takes snapshots out, in one commit: the history still has them. What is not there is passed over. */
	remove(ids: readonly string[], message: string): Promise<Shared>;
	/** Ids by tag. */
	tags(): Promise<Map<string, string>>;
	/** @throws FlowferryError TAG_EXISTS, TAG_NAME_INVALID */
	tag(id: string, name: string, message: string): Promise<Shared>;
	/** @throws FlowferryError TAG_UNKNOWN */
	untag(name: string): Promise<void>;
	/** Sends snapshots and tags to the remote. @throws FlowferryError STORE_PUSH_REJECTED, STORE_REMOTE_…, TAG_CONFLICT where all else was sent */
	push(): Promise<{ changed: boolean; remote: string }>;
	/** Takes the remote's in; both sides' stay, and what one side has pruned goes, if it is not tagged here. @throws FlowferryError STORE_REMOTE_…, TAG_CONFLICT */
	pull(): Promise<{ added: number; removed: number; remote: string }>;
}

export interface Shared {
	/** Why a change could not be exchanged with the remote, where that is done by itself; here it is made all the same. */
	unshared?: FlowferryError;
}

export type StoredSnapshot =
	| { state: 'intact'; id: string; snapshot: Snapshot }
	| { state: 'corrupt'; id: string; problem: FlowferryError };

export interface StoredTime {
	id: string;
	/** ISO 8601, UTC. */
	time: string | undefined;
}

export interface Verification {
	/** Snapshots that were read. */
	checked: number;
	damaged: DamagedSnapshot[];
	/** What `git fsck` says of the repository, one sentence each. */
	repository: string[];
}

export interface DamagedSnapshot {
	id: string;
	/** That differ from what was committed, relative to the store; the folder where git cannot tell. */
	files: string[];
	message: string;
	hint: string;
}
/** Fewer digits than this name nothing. */
export const SHORTEST_PREFIX = 7;

const CANDIDATES_SHOWN = 5;

/** Finds the one id that a person means. @throws FlowferryError SNAPSHOT_ID_INVALID, SNAPSHOT_UNKNOWN, SNAPSHOT_AMBIGUOUS */
export function resolveId(idOrPrefix: string, ids: readonly string[]): string {
	const prefix = idOrPrefix.toLowerCase();
	if (!/^[0-9a-f]+$/.test(prefix) || prefix.length < SHORTEST_PREFIX || prefix.length > 64) {
		throw new FlowferryError({
			code: 'SNAPSHOT_ID_INVALID',
			message: `${idOrPrefix} is not the id of a snapshot: ${SHORTEST_PREFIX} to 64 hexadecimal digits`,
			hint: 'See the ids with `flowferry snapshot list`.',
		});
	}
	const matches = ids.filter((id) => id.startsWith(prefix));
	if (matches.length === 1) return matches[0]!;
	const shown = (some: readonly string[], digits: (id: string) => string) =>
		some.slice(0, CANDIDATES_SHOWN).map(digits).join(', ') + (some.length > CANDIDATES_SHOWN ? ', …' : '');
	if (matches.length > 1) {
		throw new FlowferryError({
			code: 'SNAPSHOT_AMBIGUOUS',
			message: `${matches.length} snapshots begin with ${prefix}: ${shown(matches, (id) => id.slice(0, Math.max(16, prefix.length + 4)))}`,
			hint: 'Give more digits of the one that you mean.',
		});
	}
	throw new FlowferryError({
		code: 'SNAPSHOT_UNKNOWN',
		message: `There is no snapshot ${prefix}; ${ids.length === 0 ? 'the store is empty' : `the store has ${shown(ids, shortId)}`}`,
		hint: ids.length === 0 ? 'Take one with `flowferry snapshot`.' : 'See them all with `flowferry snapshot list`.',
	});
}
