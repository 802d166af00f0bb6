import { confidenceOf, describeUses, isOnlyKeptElsewhere } from '../context-words.ts';
import type { Rule } from '../rule.ts';

export const contextUpdate: Rule = {
	id: 'context-update',
	family: 'explicit-state',
	summary: 'A context value that is read, changed and written back',
	*check(context) {
		for (const node of context.running) {
			const updates = context.contexts().updatesOf(node);
			if (updates.length === 0 || !context.reachedAgain().has(node.id)) continue;
			const elsewhere = isOnlyKeptElsewhere(updates);
			const what = describeUses(updates);
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: balanced ? (elsewhere ? 'warning' : 'error') : elsewhere ? 'info' : 'warning',
				confidence: confidenceOf(updates),
				message: balanced
					? `It reads and writes back ${what}. Each instance counts on with a value of its own${elsewhere ? ', and even in a shared store two instances overwrite each other' : ''}.`
					: elsewhere
						? `It reads and writes back ${what}. Unless that store is shared between the instances, the value is another one after a takeover.`
						: `It reads and writes back ${what}, in memory. At a takeover the value is gone and begins anew.`,
				remediation: balanced
					? 'Let a database or another service that all instances share do the counting, or run this flow in hot-spare mode.'
					: 'Keep the value in a context store that all instances share, or make sure that the flow bears beginning anew.',
			};
		}
	},
};
