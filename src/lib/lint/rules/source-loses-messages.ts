import { isCompeting } from '../catalogue/knowledge.ts';
import type { Rule } from '../rule.ts';

export const sourceLosesMessages: Rule = {
	id: 'source-loses-messages',
	family: 'subscriptions',
	summary: 'A queue or channel that does not wait for the next instance',
	*check(context) {
		for (const node of context.knownAs(({ loses }) => loses)) {
			const knowledge = context.knowledge(node);
			if (!knowledge?.loses || context.sourceKind(node) === null || !context.isHeard(node)) continue;
			const shared = isCompeting(node, knowledge);
			const balanced = context.mode === 'load-balanced';
			// Of its own copy, another instance has the same.
			if (balanced && !shared) continue;
			yield {
				node,
				severity: 'warning',
				confidence: knowledge.evidence ? 'high' : 'medium',
				message: `What it receives is not safe with it: ${knowledge.loses}. ${balanced ? 'What an instance held when it stopped is lost.' : 'What arrives between two instances, or was under way in the one that died, is lost.'}`,
				remediation: 'Receive from a queue that keeps messages until they are acknowledged, or let the sender send again.',
			};
		}
	},
};
