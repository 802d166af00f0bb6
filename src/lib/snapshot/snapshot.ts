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
}

/** Where flows come from. */
export type SnapshotSource = { kind: 'admin-api'; url: string; rev: string } | { kind: 'user-dir'; path: string; flowFile: string };

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
}

/** As people read and type ids; at least 7 digits. */
export function shortId(id: string): string {
	return id.slice(0, 12);
}
