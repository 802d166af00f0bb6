import { reachFrom } from '../../flows/reach.ts';
import { preparesReset, stateOf } from '../core-state.ts';
import type { Rule } from '../rule.ts';

export const statefulCoreNode: Rule = {
	id: 'stateful-core-node',
	family: 'implicit-state',
	summary: 'A core node that remembers something from message to message',
	*check(context) {
		const nodes = context.ofType('delay', 'trigger', 'rbe', 'join', 'batch', 'sort', 'split', 'csv', 'switch');
		if (nodes.length === 0) return;
		const afterReset = reachFrom(
			context.graph,
			context.running.filter((node) => preparesReset(node, context.code)),
		);
		for (const node of nodes) {
			if (!context.reached().has(node.id) || !context.isHeard(node)) continue;
			const state = stateOf(node, { unsplit: context.reachedUnsplit().has(node.id), mayBeReset: afterReset.has(node.id) });
			if (!state) continue;
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: balanced ? state.whenBalanced : 'warning',
				confidence: state.confidence,
				message: balanced
					? `It keeps ${state.keeps}. Each instance keeps its own, of the messages that happen to reach it: ${state.spread}.`
					: `It keeps in memory ${state.keeps}. At a takeover the next instance begins without: ${state.lost}.`,
				remediation: balanced
					? 'Run this flow in hot-spare mode, or let all messages that belong together reach one instance.'
					: 'Make sure that the flow bears a fresh start of this node, or keep what it must remember in a shared context store or database.',
			};
		}
	},
};
