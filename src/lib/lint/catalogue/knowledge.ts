import type { Mode } from '../../flows/mode.ts';
import { toText } from '../../flows/scalar.ts';

/** What makes a node emit without being sent a message. */
export const emissions = [
	/** A clock of its own. */
	'schedule',
	/** Asks a device or service at intervals. */
	'poll',
	/** A connection that it opens and that others send on; each connected instance gets its own copy. */
	'subscription',
	/** A port or socket of its own that others connect to. */
	'listener',
	/** Requests that Node-RED's own web server hands to it, and that a router can spread. */
	'request',
	/** A browser session. */
	'user',
	/** Changes on the local disk. */
	'file',
	/** A device at the machine. */
	'device',
	/** Other nodes of the same instance. */
	'internal',
] as const;
export type Emission = (typeof emissions)[number];

/** `depends`: on its settings or on what is around it. */
export const judgements = ['safe', 'depends', 'unsafe'] as const;
export type TypeVerdict = (typeof judgements)[number];

/** A setting of a node: its property, and the values that count; without values, any that is not empty. */
export interface Setting {
	property: string;
	oneOf?: readonly string[];
}

/** What is known of one or more node types. Rules judge by this alone, so that a type is taught by adding an entry. */
export interface NodeKnowledge {
	/** Exact, or with a trailing `*`; an exact type goes before a prefix, a longer prefix before a shorter one. */
	types: readonly string[];
	/** The npm module; `node-red` for the core. */
	module: string;
	/** A range, where what is said does not hold for all versions. */
	versions?: string;
	emits?: Emission;
	/** It emits only where this setting has one of these values. */
	emitsWhen?: Setting;
	/** Instances share its messages among themselves, so that each is handled once: always, or with this setting. */
	competes?: 'always' | Setting;
	/** What it takes is lost while no instance is connected, or with the instance that dies: a full clause. */
	loses?: string;
	/** What it keeps in memory from message to message, as a noun phrase: `the average of its window`. */
	keeps?: string;
	/** It guards something against others in the same process, as a noun phrase. */
	locks?: string;
	/** The one thing that only one instance can have: a device at the machine, or an account that takes one client. */
	binds?: { to: 'hardware' | 'account'; what: string; when?: Setting };
	/** The port that it opens is a server's, and this is what it serves. */
	serves?: string;
	/** What it reads or writes on the local disk, as a noun phrase. */
	local?: string;
	/** It changes something outside Node-RED. */
	acts?: true;
	/** A widget of a dashboard, which belongs to the browsers of one instance. */
	widget?: true;
	/** Config nodes and others that neither emit nor act. */
	inert?: true;
	/** Where the facts above do not tell: whether it can be used in a mode. `safe` silences what they would say. */
	verdicts?: Partial<Record<Mode, TypeVerdict>>;
	/** Why, as a full sentence; what a team says of its own types. */
	reason?: string;
	/** Where that was read: `file:line` in the module's source. Without it, it is general knowledge and findings are less sure. */
	evidence?: string;
}

/** Whether a node has a setting. */
export function hasSetting(node: Readonly<Record<string, unknown>>, { property, oneOf }: Setting): boolean {
	const value = node[property];
	const text = toText(value);
	if (oneOf) return oneOf.includes(text);
	return text.trim() !== '' || (typeof value === 'object' && value !== null && Object.keys(value).length > 0);
}

/** Whether instances that use a node alike share its messages. */
export function isCompeting(node: Readonly<Record<string, unknown>>, { competes }: NodeKnowledge): boolean {
	return competes === 'always' || (competes !== undefined && hasSetting(node, competes));
}
