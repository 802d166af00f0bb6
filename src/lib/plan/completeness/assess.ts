import { buildGraph } from '../../flows/graph.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { lacksOfCredentials } from './credentials.ts';
import { lacksOfHosts } from './hosts.ts';
import type { Completeness, Lack, Provisions } from './lack.ts';
import { madeNodes } from './made-nodes.ts';
import { createScope } from './scope.ts';
import { lacksOfTypes } from './types.ts';
import { lacksOfVariables } from './variables.ts';
import { lacksOfVersions } from './versions.ts';

const kinds: readonly Lack['kind'][] = ['node-red', 'type', 'variable', 'credentials', 'host'];

/** What a snapshot needs and an environment lacks. Pure. @param serving the snapshot of the release that serves */
export function assessCompleteness(snapshot: Snapshot, serving: Snapshot | null, provisions: Provisions): Completeness {
	const { content, source } = snapshot;
	const graph = buildGraph(content.flows);
	const made = madeNodes(graph);
	const resolve = createScope(graph, {
		variables: provisions.variables,
		hasCredential: (id, name) =>
			content.credentials?.[id]?.names.includes(name) === true || provisions.credentials[id]?.includes(name) === true,
	});
	const lacks = [
		...lacksOfVersions(snapshot, provisions),
		...lacksOfTypes(graph, content.palette, provisions),
		...lacksOfVariables(made, resolve, provisions),
		...lacksOfCredentials(made, content, serving?.content ?? null, provisions),
		...lacksOfHosts(made, new Set(graph.byId.keys()), resolve, source, provisions),
	];
	const order = ({ kind, certainty }: (typeof lacks)[number]) => (certainty === 'certain' ? 0 : kinds.length) + kinds.indexOf(kind);
	return { lacks: lacks.toSorted((a, b) => order(a) - order(b)) };
}
