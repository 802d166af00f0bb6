import type { NodeName } from '../../flows/diff/snapshot-diff.ts';
import type { FlowNode } from '../../flows/node.ts';
import { toText } from '../../flows/scalar.ts';

/** Kinds of which some lacks are certain. */
export type CertainKind = 'node-red' | 'type' | 'variable' | 'credentials';

/** Something that a snapshot needs and that an environment does not have, or seems not to have. */
export type Lack = {
	/** The nodes that need it; empty where it is not about nodes. */
	nodes: NodeName[];
	/** A clause: what is missing and what comes of it. */
	message: string;
	/** What to do, as an instruction. */
	remedy: string;
} & (CertainLack | LikelyLack);

/** It would go wrong, so it stops a promotion. */
interface CertainLack {
	kind: CertainKind;
	certainty: 'certain';
}

/** Only whoever knows the flows can tell. A host is never certain: production may have one of that name as well. */
interface LikelyLack {
	kind: CertainKind | 'host';
	certainty: 'likely';
}

/** Whether an environment has what a snapshot needs: the certain lacks first, by kind. */
export interface Completeness {
	lacks: Lack[];
}

/** What an environment has for a snapshot. */
export interface Provisions {
	environment: string;
	/** By name; the value where the configuration tells it, null where it comes from this machine. */
	variables: ReadonlyMap<string, string | null>;
	/** By node id, the names of the fields that the environment's configuration gives. */
	credentials: Readonly<Record<string, readonly string[]>>;
	/** The folder that the configuration names, and what is in it (null: no Node-RED); null where it names none. */
	nodeRed: { folder: string; version: string | null } | null;
	/** Without `v`: of the Node.js that runs production. */
	node: string;
	/** Settings of the user's own may bring node types by `nodesDir`. */
	ownSettings: boolean;
	/** Hosts that are right in production, as patterns. */
	hosts: readonly string[];
}

/** What stops a promotion. */
export function certainLacks({ lacks }: Completeness): (Lack & CertainLack)[] {
	return lacks.filter((lack): lack is Lack & CertainLack => lack.certainty === 'certain');
}

/** What an operator should know, in a sentence for each. */
export function likelyLacks({ lacks }: Completeness): string[] {
	return lacks.filter(({ certainty }) => certainty === 'likely').map(({ message, remedy }) => `${message}: ${remedy}`);
}

/** How many nodes a message names. */
const NODES_NAMED = 3;

export function nameOf({ id, type, name, label }: FlowNode): NodeName {
	return { id, type, name: toText(name) || toText(label) };
}

/** `mqtt-broker 'plant', function 'f1' and 2 more`. */
export function listNodes(nodes: readonly NodeName[]): string {
	const named = nodes
		.slice(0, NODES_NAMED)
		.map(({ id, type, name }) => `${type.startsWith('subflow:') ? 'subflow instance' : type} '${name || id}'`);
	const more = nodes.length - named.length;
	if (more > 0) return `${named.join(', ')} and ${more} more`;
	return named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : (named[0] ?? '');
}
