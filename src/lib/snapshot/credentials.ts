import { isRecord } from '../flows/is-record.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Credentials } from '../node-red/sealed-credentials.ts';

/** Flows without what may be secret, and what was taken out of them. */
export interface StrippedFlows {
	nodes: FlowNode[];
	/** What stood under `credentials`. */
	inline: Credentials;
	/** The values of environment variables of type `cred`. */
	variables: Credentials;
}

/** Node-RED keeps the variables of its global environment one level deeper than everything else. */
const GLOBAL = 'global-config';

/** What the editor sends in place of a password that it does not know. */
const UNKNOWN = '__PWRD__';

/**
 * Takes inline credentials out of flows: each node's `credentials`, and the values of environment variables of type `cred` on
 * tabs, groups and subflows. Node-RED moves both to its credentials file when it loads such flows, so an instance's own flows
 * have none; flows written by other means may.
 */
export function stripCredentials(nodes: readonly FlowNode[]): StrippedFlows {
	const inline: Credentials = {};
	const variables: Credentials = {};
	const clean = nodes.map((node) => {
		const { credentials, ...rest } = node;
		const secret = secretVariables(node.env);
		if (credentials === undefined && secret.length === 0) return node;
		if (isRecord(credentials)) inline[node.id] = withoutBlanks(credentials);
		if (secret.length > 0) {
			const values = Object.fromEntries(secret.map(({ name, value }) => [String(name), value]));
			variables[node.id] = node.type === GLOBAL ? globalFields(values) : values;
		}
		return secret.length === 0 ? rest : { ...rest, env: (node.env as unknown[]).map(withoutSecret) };
	});
	return { nodes: clean as FlowNode[], inline, variables };
}

function secretVariables(env: unknown): Record<string, unknown>[] {
	return Array.isArray(env) ? env.filter(isSecretVariable) : [];
}

function withoutSecret(variable: unknown): unknown {
	if (!isSecretVariable(variable)) return variable;
	const { value: _, ...rest } = variable;
	return rest;
}

function isSecretVariable(variable: unknown): variable is Record<string, unknown> {
	const { type, value } = (variable ?? {}) as { type?: unknown; value?: unknown };
	return type === 'cred' && value !== undefined && value !== '';
}

/** As Node-RED takes them over: what is blank is no credential. */
function withoutBlanks(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).filter(
			([, value]) => value !== UNKNOWN && value !== undefined && !(typeof value === 'string' && value.trim() === ''),
		),
	);
}

/** Variables of the global environment as the credentials file has them. */
function globalFields(values: Record<string, unknown>): Record<string, unknown> {
	const map = Object.entries(values).flatMap(([name, value]) => [
		[name, value],
		[`has_${name}`, true],
	]);
	return { map: Object.fromEntries(map) };
}

/** Credentials over others, name by name: the last one that has a name gives its value. */
export function mergeCredentials(...layers: readonly Credentials[]): Credentials {
	// A map: an id may be any text, `__proto__` as well.
	const merged = new Map<string, Record<string, unknown>>();
	for (const layer of layers) {
		for (const [id, fields] of Object.entries(layer)) merged.set(id, mergeFields(merged.get(id) ?? {}, fields));
	}
	return Object.fromEntries(merged);
}

function mergeFields(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
	const both = { ...under, ...over };
	return isRecord(under.map) && isRecord(over.map) ? { ...both, map: { ...under.map, ...over.map } } : both;
}

/** Those of nodes that the flows have; a credentials file keeps the others until the next deploy. A node without any has none. */
export function credentialsOf(nodes: readonly FlowNode[], credentials: Credentials): Credentials {
	const ids = new Set(nodes.map(({ id }) => id));
	return Object.fromEntries(Object.entries(credentials).filter(([id, fields]) => ids.has(id) && credentialNames(fields).length > 0));
}

/** Credentials that somebody wrote by name, in the form that Node-RED reads: variables of the global environment stand deeper there. */
export function writtenCredentials(nodes: readonly FlowNode[], written: Record<string, Record<string, string>>): Credentials {
	const globals = new Set(nodes.filter(({ type }) => type === GLOBAL).map(({ id }) => id));
	return Object.fromEntries(Object.entries(written).map(([id, fields]) => [id, globals.has(id) ? globalFields(fields) : fields]));
}

/** What a node's credentials are called; of the global environment the variables. Sorted. */
export function credentialNames(fields: Record<string, unknown>): string[] {
	const { map, ...own } = fields;
	const variables = isRecord(map) ? Object.keys(map).filter((name) => !(name.startsWith('has_') && map[name] === true)) : [];
	return [...new Set([...Object.keys(map === undefined || isRecord(map) ? own : fields), ...variables])].sort();
}

/** Every text in credentials that no output may repeat; a reference to a variable is none. */
export function secretTexts(credentials: Credentials): string[] {
	return [...textsIn(credentials)].filter((text) => text !== '' && !/^\$\{[^}]+\}$/.test(text));
}

function* textsIn(value: unknown): Generator<string> {
	if (typeof value === 'string') yield value;
	else if (typeof value === 'number') yield String(value);
	else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}
