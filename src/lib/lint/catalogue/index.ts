import { accounts } from './accounts.ts';
import { control } from './control.ts';
import { core } from './core.ts';
import { dashboards } from './dashboards.ts';
import { hardware } from './hardware.ts';
import { home } from './home.ts';
import { host } from './host.ts';
import { industry } from './industry.ts';
import type { NodeKnowledge } from './knowledge.ts';
import { messaging } from './messaging.ts';
import { processing } from './processing.ts';
import { schedulers } from './schedulers.ts';

export const catalogue: readonly NodeKnowledge[] = [
	...core,
	...dashboards,
	...industry,
	...hardware,
	...home,
	...accounts,
	...messaging,
	...schedulers,
	...processing,
	...control,
	...host,
];

/** What is known of a node type; undefined for an unknown one. */
export type Lookup = (type: string) => NodeKnowledge | undefined;

/** Looks types up, first in `own`, then in the catalogue: what a team says of a type stands alone. */
export function createLookup(own: readonly NodeKnowledge[] = []): Lookup {
	if (own.length === 0) return findKnowledge;
	const lookUpOwn = indexOf(own);
	return (type) => lookUpOwn(type) ?? findKnowledge(type);
}

function indexOf(entries: readonly NodeKnowledge[]): Lookup {
	const exact = new Map<string, NodeKnowledge>();
	const prefixes: [prefix: string, knowledge: NodeKnowledge][] = [];
	for (const knowledge of entries) {
		for (const type of knowledge.types) {
			if (type.endsWith('*')) prefixes.push([type.slice(0, -1), knowledge]);
			else exact.set(type, knowledge);
		}
	}
	prefixes.sort(([a], [b]) => b.length - a.length);
	const found = new Map<string, NodeKnowledge | undefined>();
	return (type) => {
		if (!found.has(type)) found.set(type, exact.get(type) ?? prefixes.find(([prefix]) => type.startsWith(prefix))?.[1]);
		return found.get(type);
	};
}

/** The catalogue's own entry for a type. */
export const findKnowledge: Lookup = indexOf(catalogue);
