import { core } from './core.ts';
import { dashboards } from './dashboards.ts';
import { home } from './home.ts';
import { host } from './host.ts';
import { industry } from './industry.ts';
import type { NodeKnowledge } from './knowledge.ts';
import { messaging } from './messaging.ts';
import { processing } from './processing.ts';

export const catalogue: readonly NodeKnowledge[] = [...core, ...dashboards, ...industry, ...home, ...messaging, ...processing, ...host];

const exact = new Map<string, NodeKnowledge>();
const prefixes: [prefix: string, knowledge: NodeKnowledge][] = [];
for (const knowledge of catalogue) {
	for (const type of knowledge.types) {
		if (type.endsWith('*')) prefixes.push([type.slice(0, -1), knowledge]);
		else exact.set(type, knowledge);
	}
}

/** What is known of a node type; undefined for an unknown one. */
export function findKnowledge(type: string): NodeKnowledge | undefined {
	return exact.get(type) ?? prefixes.find(([prefix]) => type.startsWith(prefix))?.[1];
}
