import type { Rule } from '../rule.ts';

export const singleClientAccount: Rule = {
	id: 'single-client-account',
	family: 'singletons',
	summary: 'An account or identity that takes one client at a time',
	*check(context) {
		for (const node of context.running) {
			const binds = context.knowledge(node)?.binds;
			if (binds?.to !== 'account') continue;
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: balanced ? 'error' : 'info',
				confidence: 'high',
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
