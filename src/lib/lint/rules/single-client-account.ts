import type { FlowNode } from '../../flows/node.ts';
import { hasSetting } from '../catalogue/knowledge.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const singleClientAccount: Rule = {
	id: 'single-client-account',
	family: 'singletons',
	summary: 'An account or identity that takes one client at a time',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const node of context.knownAs(({ binds }) => binds?.to === 'account', context.inUseByType)) {
			const binds = accountOf(node, context);
			// A config node is named only where none of the nodes that use it says the same.
			if (!binds || usersOf(node, context).some((user) => accountOf(user, context))) continue;
			yield {
				node,
				severity: balanced ? 'error' : 'info',
				confidence: context.knowledge(node)?.evidence ? 'high' : 'medium',
				message: balanced
					? `Only one instance can use ${binds.what}. The instances drive each other out.`
					: `Only one instance can use ${binds.what}. The next one can connect only after the former has let go.`,
				remediation: balanced
					? 'Run this flow in hot-spare mode, in an environment of its own if need be.'
					: 'Nothing, as long as instances hand over one after the other; do not let a cutover start the new one beside the old.',
			};
		}
	},
};

function accountOf(node: FlowNode, context: RuleContext): { what: string } | null {
	const binds = context.knowledge(node)?.binds;
	return binds?.to === 'account' && (!binds.when || hasSetting(node, binds.when)) ? binds : null;
}

function usersOf(node: FlowNode, context: RuleContext): readonly FlowNode[] {
	return context.graph.activity.users.get(node.id) ?? [];
}
