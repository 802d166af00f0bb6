import type { ContextUse } from '../flows/context-use.ts';
import type { StoreReach } from './context-stores.ts';
import type { Confidence } from './finding.ts';
import { listNames } from './words.ts';

export type ReachOfStore = (store: string | null) => StoreReach;

/** Of several uses, the reach that is worst: in the process, on the machine, nobody knows, shared. */
export function worstReach(uses: readonly ContextUse[], reachOf: ReachOfStore): StoreReach {
	const reaches = new Set(uses.map((use) => reachOf(use.store)));
	return (['process', 'machine', 'unknown'] as const).find((reach) => reaches.has(reach)) ?? 'shared';
}

/** As sure as the surest use: a constant key is high, a computed key or a change inside an object medium, a lasting store low. */
export function confidenceOf(uses: readonly ContextUse[], reachOf: ReachOfStore): Confidence {
	const sure = uses.filter((use) => reachOf(use.store) !== 'unknown');
	if (sure.length === 0) return 'low';
	return sure.some((use) => use.key !== null && !use.inPlace) ? 'high' : 'medium';
}

/** `flow.count (line 3 of On Message)`. */
export function describeUses(uses: readonly ContextUse[]): string {
	const byName = new Map<string, string>();
	for (const use of uses) {
		const owner = use.scope === 'node' ? 'context' : use.scope;
		const store = use.store === null ? '' : ` in the store "${use.store}"`;
		const name = use.key === null ? `a computed key of ${owner}${store}` : `${owner}.${use.key}${store}`;
		if (!byName.has(name)) byName.set(name, use.place === '' ? name : `${name} (${use.place})`);
	}
	return listNames([...byName.values()]);
}
