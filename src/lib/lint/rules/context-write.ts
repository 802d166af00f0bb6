import { confidenceOf, describeUses, isOnlyKeptElsewhere } from '../context-words.ts';
import type { Rule } from '../rule.ts';

export const contextWrite: Rule = {
	id: 'context-write',
	family: 'explicit-state',
	summary: 'A context value that one node writes and another reads',
	*check(context) {
		for (const node of context.running) {
			const writes = context.contexts().sharedWritesOf(node);
			if (writes.length === 0 || !context.reachedAgain().has(node.id)) continue;
			const elsewhere = isOnlyKeptElsewhere(writes);
			const what = describeUses(writes);
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: balanced ? (elsewhere ? 'warning' : 'error') : elsewhere ? 'info' : 'warning',
				confidence: confidenceOf(writes) === 'low' ? 'low' : 'medium',
				message: balanced
					? `It writes ${what}, and other nodes read it. An instance that did not handle this message reads an older value or none${elsewhere ? ', unless that store is shared' : ''}.`
					: elsewhere
						? `It writes ${what}, and other nodes read it. Unless that store is shared between the instances, they read another value after a takeover.`
						: `It writes ${what}, in memory, and other nodes read it. After a takeover they read nothing until it is written again.`,
				remediation: balanced
					? 'Keep the value in a store that all instances share, carry it in the message, or run this flow in hot-spare mode.'
					: 'Keep the value in a context store that all instances share, or let the readers bear its absence.',
			};
		}
	},
};
