import type { FlowNode } from '../../flows/node.ts';
import { compileNamePatterns } from '../../lint/pattern.ts';
import type { SnapshotSource } from '../../snapshot/snapshot.ts';
import { hostFields } from './host-fields.ts';
import { type Lack, listNodes, nameOf, type Provisions } from './lack.ts';
import { wholeReference } from './references.ts';
import type { Resolution } from './scope.ts';

interface Connection {
	host: string;
	/** What is odd about it. */
	oddity: string;
	/** The variables that it came by. */
	variables: Set<string>;
	nodes: Set<FlowNode>;
}

/** Hosts that nodes connect to and that are likely to be found from the dev machine alone. */
export function lacksOfHosts(
	made: readonly FlowNode[],
	ids: ReadonlySet<string>,
	resolve: (node: FlowNode, name: string) => Resolution[],
	source: SnapshotSource,
	{ environment, hosts }: Provisions,
): Lack[] {
	const isAccepted = compileNamePatterns(hosts.map((pattern) => pattern.toLowerCase()));
	const devHost = source.kind === 'admin-api' ? hostOf(source.url) : null;
	const connections = new Map<string, Connection>();
	for (const node of made) {
		for (const { value, isHost } of hostFields(node)) {
			for (const { text, variable } of writtenTexts(node, value, resolve)) {
				// Ids name config nodes, and so may what looks like one whose node is gone.
				if (ids.has(text) || /^[0-9a-f]{6,}(?:\.[0-9a-f]+)?$/.test(text)) continue;
				const host = hostOf(text);
				if (host === null || isAccepted(host)) continue;
				const oddity = oddityOf(host, devHost, isHost || text.includes('://'));
				if (oddity === null) continue;
				const connection = connections.get(host) ?? { host, oddity, variables: new Set(), nodes: new Set() };
				connection.nodes.add(node);
				if (variable !== null) connection.variables.add(variable);
				connections.set(host, connection);
			}
		}
	}
	return Array.from(connections.values(), (connection) => describe(connection, environment));
}

function describe({ host, oddity, variables, nodes }: Connection, environment: string): Lack {
	const names = [...nodes].map(nameOf);
	const by = variables.size > 0 ? ` by the variable ${[...variables].join(', ')}` : '';
	return {
		kind: 'host',
		certainty: 'likely',
		nodes: names,
		message: `${listNodes(names)} ${names.length === 1 ? 'connects' : 'connect'} to ${host}${by}, ${oddity}`,
		remedy: `let the field be a variable that each environment sets; where it is right in ${environment}, add ${host} to environments.${environment}.hosts`,
	};
}

/** The text of a field, or what the variable that it is has for the node. */
function writtenTexts(
	node: FlowNode,
	value: string,
	resolve: (node: FlowNode, name: string) => Resolution[],
): { text: string; variable: string | null }[] {
	const variable = wholeReference(value);
	if (variable === undefined) return value.includes('${') ? [] : [{ text: value, variable: null }];
	return resolve(node, variable).flatMap((outcome) =>
		outcome.kind === 'value' && outcome.text !== null && outcome.text !== '' ? [{ text: outcome.text, variable }] : [],
	);
}

/** The host of `host`, `host:port`, `[::1]:80` or an address with a scheme; null where the text is computed, or a path. */
export function hostOf(text: string): string | null {
	const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@]*@)?(\[[0-9a-f:.]+\]|::1|[^\s/:?#,]+)(?=[:/?#,]|$)/i.exec(text);
	const host = match?.[1]?.toLowerCase().replace(/^\[|\]$/g, '');
	return host === undefined || /[{}$*<>()[\]"'\\=]/.test(host) ? null : host;
}

/** @param isName the text stands where only a host can: a word without dots is a name there */
function oddityOf(host: string, devHost: string | null, isName: boolean): string | null {
	if (host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host) || host.endsWith('.localhost'))
		return 'which is the machine itself: what it is to find there must run beside production too';
	if (host === devHost) return 'where the dev Node-RED runs';
	if (/^host\.(?:docker|containers)\.internal$/.test(host)) return 'which only containers have, for the machine that they run on';
	if (host.endsWith('.local')) return 'a name that is found in the network of its machine alone';
	const isWord = /^[a-z](?:[a-z0-9_-]*[a-z0-9])?$/.test(host);
	return isWord && isName ? 'a name without a domain, as containers and machines of one network have' : null;
}
