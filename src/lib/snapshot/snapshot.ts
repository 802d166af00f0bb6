import type { FlowNode } from '../flows/node.ts';

/** A contributed module of the palette; core modules are part of Node-RED's version. */
export interface PaletteModule {
	/** npm name: `node-red-contrib-modbus`. */
	name: string;
	/** Exact: `5.43.0`. */
	version: string;
	/** The node types it brings; empty for a library that only function nodes load. */
	types: string[];
}

/** What a snapshot's id is computed from: equal content, equal id, whatever the order of keys or nodes. */
export interface SnapshotContent {
	/** In canonical form. */
	flows: FlowNode[];
	/** By name. */
	palette: PaletteModule[];
	nodeRed: { /** Exact: `5.0.7`. */ version: string };
	/** Which nodes have credentials; absent where the snapshot holds none. The values are in `Snapshot.sealed`. */
	credentials?: CredentialMarks;
}

/** By node id: what may be told of its credentials without telling them. */
export type CredentialMarks = Record<string, CredentialMark>;

export interface CredentialMark {
	/** What its credentials are called, by name: `password`, `user`. */
	names: string[];
	/** Hex; another one where any of their values differs. Only who has the passphrase can compute it. */
	mark: string;
}

/** What else was found where the flows came from; not promoted, and so not part of the id. */
export interface SourceRuntime {
	/** Node.js's version, without `v`; null where the source does not tell. */
	node: string | null;
	/** Null where the source does not tell. */
	settings: SettingsFacts | null;
}

/** Settings of Node-RED that change what flows do. */
export interface SettingsFacts {
	/** Context stores by name, with their module; `default` may name another. Null: not told. */
	contextStorage: Record<string, string> | null;
	/** Names of what functions find in the global context from the start, never the values. Null: not told. */
	functionGlobals: string[] | null;
	/** Milliseconds; null: Node-RED's own, or not told. */
	nodeCloseTimeout: number | null;
	/** Null: Node-RED's own, or not told. */
	httpNodeRoot: string | null;
	/** Null: Node-RED's own, or not told; false: none. */
	httpAdminRoot: string | false | null;
}

/** Where the flows of the dev Node-RED come from. */
export type DevPlace =
	| { kind: 'admin-api'; url: string; rev: string }
	/** `flowFile` is relative to `path`. */
	| { kind: 'user-dir'; path: string; flowFile: string }
	/** A commit of the user's own repository; `commit` is its full hash. */
	| { kind: 'git'; path: string; ref: string; commit: string; flowFile: string };

/** Where flows come from; `environment`: they were captured back from an instance of this release, as it ran them. */
export type SnapshotSource = DevPlace | { kind: 'environment'; environment: string; release: number; instance: string };

/** Immutable once stored. */
export interface Snapshot {
	/** 64 hex digits: sha256 of the canonical JSON of `content`. */
	id: string;
	content: SnapshotContent;
	source: SnapshotSource;
	/** `Name <mail>` from git, else the login name. */
	author: string;
	/** ISO 8601, UTC. */
	time: string;
	message: string;
	/** Absent in snapshots that were taken before this was recorded. */
	runtime?: SourceRuntime;
	/** The credentials that `content.credentials` names, as an age file for a passphrase, in armor; absent where there are none. */
	sealed?: string;
}

/** As people read and type ids; at least 7 digits. */
export function shortId(id: string): string {
	return id.slice(0, 12);
}
