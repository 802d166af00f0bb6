import { confidenceOf, describeUses, worstReach } from '../context-words.ts';
import type { Rule } from '../rule.ts';

export const contextWrite: Rule = {
	id: 'context-write',
	family: 'explicit-state',
	summary: 'A context value that one node writes and another reads',
	*check(context) {
		for (const node of context.contexts().users) {
			const writes = context.contexts().sharedWritesOf(node);
			if (writes.length === 0 || !context.reachedAgain().has(node.id)) continue;
			const reach = worstReach(writes, context.reachOfStore);
			if (reach === 'shared') continue;
			const unknown = reach === 'unknown';
			const balanced = context.mode === 'load-balanced';
			const readers = writes.flatMap((write) => context.contexts().readersOf(node, write)).filter((reader) => reader.node !== node);
			yield {
				node,
				severity: balanced ? (unknown ? 'warning' : 'error') : unknown ? 'info' : 'warning',
				confidence: confidenceOf(writes, context.reachOfStore) === 'low' ? 'low' : 'medium',
				message: `It writes ${describeUses(writes)}, and other nodes read it. ${consequenceOf(balanced, reach)}`,
				remediation: balanced
					? 'Keep the value in a store that all instances share, carry it in the message, or run this flow in hot-spare mode.'
					: 'Keep the value in a context store that all instances share, or let the readers bear its absence.',
				related: [...new Set(readers.map((reader) => reader.node))].slice(0, 3).map((reader) => ({ node: reader, why: 'reads the value' })),
			};
		}
	},
};

function consequenceOf(balanced: boolean, reach: 'process' | 'machine' | 'unknown'): string {
	const unless = reach === 'unknown' ? ', unless that store is shared between the instances' : '';
	if (balanced) return `An instance that did not handle this message reads an older value or none${unless}.`;
	return reach === 'process'
		? 'That is in memory: after a takeover they read nothing until it is written again.'
		: `After a takeover they read what the next instance has kept, an older value or none${unless}.`;
}
