import type { FlowNode } from '../../flows/node.ts';
import type { NodeKnowledge } from '../catalogue/knowledge.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const statefulContributedNode: Rule = {
	id: 'stateful-contributed-node',
	family: 'implicit-state',
	summary: 'A contributed node that is known to remember something from message to message',
	*check(context) {
		for (const node of context.knownAs(({ keeps }) => keeps)) {
			const knowledge = context.knowledge(node);
			if (!knowledge?.keeps || !context.reached().has(node.id) || remembersNothing(node, knowledge, context)) continue;
			const balanced = context.mode === 'load-balanced';
			// What runs on every instance anyway is the finding of another rule there.
			if (balanced && context.sourceKind(node) !== null) continue;
			yield {
				node,
				severity: balanced ? 'error' : 'warning',
				confidence: 'high',
				message: balanced
					? `It keeps ${knowledge.keeps}. Each instance keeps its own, of the messages that happen to reach it, so that none is right.`
					: `It keeps ${knowledge.keeps} in memory. At a takeover the next instance begins without.`,
				remediation: balanced
					? 'Run this flow in hot-spare mode, or keep this state where all instances see it: a database or a shared context store.'
					: 'Make sure that the flow bears a fresh start of this node, or feed it again from a database after a start.',
			};
		}
	},
};

/** What a clock keeps are people's overrides, which come as messages; and what nobody hears of is of no account. */
function remembersNothing(node: FlowNode, { emits, widget, acts, serves }: NodeKnowledge, context: RuleContext): boolean {
	if (emits === 'schedule') return !widget && !context.comesFrom().has(node.id);
	const silent = Array.isArray(node.wires) && node.wires.length > 0 && !context.isHeard(node);
	return silent && !widget && !acts && !serves;
}
