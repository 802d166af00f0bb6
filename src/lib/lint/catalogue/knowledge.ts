/** What makes a node emit without being sent a message. */
export type Emission =
	/** A clock of its own. */
	| 'schedule'
	/** Asks a device or service at intervals. */
	| 'poll'
	/** A connection that it opens and that others send on; each connected instance gets its own copy. */
	| 'subscription'
	/** A port or socket of its own that others connect to. */
	| 'listener'
	/** Requests that Node-RED's own web server hands to it, and that a router can spread. */
	| 'request'
	/** A browser session. */
	| 'user'
	/** Changes on the local disk. */
	| 'file'
	/** A device at the machine. */
	| 'device'
	/** Other nodes of the same instance. */
	| 'internal';

/** What is known of one or more node types. Rules judge by this alone, so that a type is taught by adding an entry. */
export interface NodeKnowledge {
	/** Exact, or with a trailing `*`. */
	types: readonly string[];
	/** The npm module; `node-red` for the core. */
	module: string;
	emits?: Emission;
	/** It emits only where this property has one of these values. */
	emitsWhen?: { property: string; oneOf: readonly string[] };
	/** What it keeps in memory from message to message, as a noun phrase: `the average of its window`. */
	keeps?: string;
	/** The one thing that only one instance can have: a device at the machine, or an account that takes one client. */
	binds?: { to: 'hardware' | 'account'; what: string };
	/** The port that it opens is a server's, and this is what it serves. */
	serves?: string;
	/** What it reads or writes on the local disk, as a noun phrase. */
	local?: string;
	/** It changes something outside Node-RED. */
	acts?: true;
	/** Config nodes and others that neither emit nor act. */
	inert?: true;
}
