import type { ContextUse } from '../flows/context-use.ts';
import type { Confidence } from './finding.ts';
import { listNames } from './words.ts';

/** A named store is taken for lasting unless its name says memory; whether the instances share it, flows do not tell. */
function isKeptElsewhere(use: ContextUse): boolean {
	return use.store !== null && use.store !== 'default' && !/mem/i.test(use.store);
}

export function isOnlyKeptElsewhere(uses: readonly ContextUse[]): boolean {
	return uses.every(isKeptElsewhere);
}

/** As sure as the surest use: a constant key is high, a computed key or a change inside an object medium, a lasting store low. */
export function confidenceOf(uses: readonly ContextUse[]): Confidence {
	const inMemory = uses.filter((use) => !isKeptElsewhere(use));
	if (inMemory.length === 0) return 'low';
	return inMemory.some((use) => use.key !== null && !use.inPlace) ? 'high' : 'medium';
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
