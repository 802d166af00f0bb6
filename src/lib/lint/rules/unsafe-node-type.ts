import type { Rule } from '../rule.ts';

export const unsafeNodeType: Rule = {
	id: 'unsafe-node-type',
	family: 'implicit-state',
	summary: 'A node type that was judged unsafe for this mode as a whole',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const node of context.knownAs(({ verdicts }) => verdicts)) {
			const knowledge = context.knowledge(node);
			const verdict = knowledge?.verdicts?.[context.mode];
			if (!knowledge || (verdict !== 'unsafe' && verdict !== 'depends') || !context.reached().has(node.id)) continue;
			const unsafe = verdict === 'unsafe';
			yield {
				node,
				severity: unsafe ? (balanced ? 'error' : 'warning') : balanced ? 'warning' : 'info',
				confidence: knowledge.evidence ? 'high' : 'medium',
				message: `The type "${node.type}" ${unsafe ? 'is not safe' : 'is safe under conditions only'} in ${context.mode} mode: ${knowledge.reason ?? 'so its entry says, without a reason'}`,
				remediation: balanced
					? 'Run this flow in hot-spare mode, or do without this node.'
					: 'Make sure that the flow bears a takeover at this node.',
			};
		}
	},
};
