import type { Rule } from '../rule.ts';

export const functionTimeout: Rule = {
	id: 'function-timeout',
	family: 'cutover',
	summary: 'setTimeout in the code of a function node: work that a drain cannot see',
	*check(context) {
		for (const node of context.ofType('function')) {
			const timeout = context.code(node).timers.find(({ kind, script, promised }) => kind === 'timeout' && script === 'func' && !promised);
			if (!timeout || !context.reached().has(node.id)) continue;
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: 'warning',
				confidence: 'medium',
				message: `What the setTimeout of line ${timeout.line} puts off counts as done when the function returns: a drain does not wait for it, and ${balanced ? 'when its instance stops it is lost; a message that should cancel it may reach another instance' : 'at a takeover it is lost'}.`,
				remediation: 'Use a delay or trigger node, or call node.done() only when the work is done, so that it is seen as in flight.',
			};
		}
	},
};
