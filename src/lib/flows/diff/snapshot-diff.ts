import type { FlowNode } from '../node.ts';

/** What differs between two snapshots, for people to read. Secrets are not in it, nor values that look like them. */
export type SnapshotDiff =
	| { kind: 'identical' }
	/** Nothing differs but where things stand and how they look, which was not asked for. */
	| { kind: 'layout' }
	| {
			kind: 'different';
			/** Tabs, then subflows, then what stands on no flow; those without a difference are left out. */
			flows: FlowDiff[];
			/** By name. */
			palette: PaletteChange[];
			/** By node id. */
			credentials: CredentialChange[];
			/** Versions; null where both have the same. */
			nodeRed: { before: string; after: string } | null;
			/** The tabs that both have, by label, in the editor's order; null where that is the same, or layout was not asked for. */
			tabOrder: { before: string[]; after: string[] } | null;
	  };

/** A tab or a subflow with its nodes; `flow` is null for config nodes and others that stand on no flow. */
export interface FlowDiff {
	flow: NodeName | null;
	state: 'kept' | 'added' | 'removed';
	/** Of the tab or the subflow itself. */
	changes: PropertyChange[];
	nodes: NodeDiff[];
}

export type NodeDiff =
	/** With what it holds: each property that is not empty, as a change from nothing. */
	| { kind: 'added'; node: NodeName; changes: PropertyChange[] }
	| { kind: 'removed'; node: NodeName }
	| { kind: 'changed'; node: NodeName; changes: PropertyChange[] };

/** How a node is called. */
export interface NodeName {
	id: string;
	/** Empty where no such node is there. */
	type: string;
	/** A tab's label, a node's name; for an instance without a name, its subflow's. May be empty. */
	name: string;
}

export type PropertyChange =
	/** `before` or `after` is absent where the property is. `property` is a path: `rules[1].to`. */
	| { kind: 'value'; property: string; before?: unknown; after?: unknown }
	/** A value that looks like a secret. */
	| { kind: 'secret'; property: string; change: 'added' | 'removed' | 'changed' }
	/** Code, a template, a text of several lines. */
	| { kind: 'text'; property: string; language: TextLanguage; hunks: Hunk[] }
	/** Another config node, or whatever else a property names by its id. */
	| { kind: 'reference'; property: string; before: NodeName | null; after: NodeName | null }
	/** Both lists empty: the same nodes in another order, in which they get their messages. */
	| { kind: 'wiring'; property: string; end: WireEnd; gone: WiredNode[]; now: WiredNode[] }
	/** To another flow. */
	| { kind: 'move'; before: NodeName | null; after: NodeName | null }
	/** Into a group of the editor, or out of it. */
	| { kind: 'group'; before: NodeName | null; after: NodeName | null };

/** Numbers count from 1. */
export type WireEnd =
	| { kind: 'output'; number: number }
	| { kind: 'subflow input'; number: number }
	| { kind: 'subflow output'; number: number }
	| { kind: 'subflow status' }
	/** Of link nodes: to, from or with. */
	| { kind: 'links' }
	/** What catch, status and complete nodes listen to. */
	| { kind: 'scope' };

/** `output` is given where a subflow's output says which of a node's outputs it is fed by. */
export type WiredNode = NodeName & { output?: number };

export type TextLanguage = 'javascript' | 'jsonata' | 'html' | 'css' | 'json' | 'markdown' | 'text';

/** Lines that changed, with some around them. Line numbers count from 1. */
export interface Hunk {
	beforeLine: number;
	afterLine: number;
	lines: HunkLine[];
}

export interface HunkLine {
	kind: 'same' | 'removed' | 'added';
	text: string;
}

export type PaletteChange =
	| { kind: 'added' | 'removed'; module: string; version: string }
	| { kind: 'changed'; module: string; before: string; after: string }
	/** The same version with other node types. */
	| { kind: 'types'; module: string; added: string[]; removed: string[] };

/** Of a node's credentials; `names` are theirs, on either side. After the passphrase was changed, all of them count as changed. */
export interface CredentialChange {
	kind: 'added' | 'removed' | 'changed';
	node: NodeName;
	names: string[];
}

/** What is compared. */
export interface SnapshotSide {
	flows: readonly FlowNode[];
	palette: readonly { name: string; version: string; types: readonly string[] }[];
	nodeRed: { version: string };
	/** By node id. */
	credentials?: Readonly<Record<string, { names: readonly string[]; mark: string }>>;
}

export interface DiffOptions {
	/** Also where nodes stand, and how they look. */
	layout: boolean;
}
