import type { Rule } from '../rule.ts';
import { copiesNote } from '../words.ts';

export const functionInterval: Rule = {
	id: 'function-interval',
	family: 'timers',
	summary: 'setInterval in the code of a function node',
	*check(context) {
		for (const node of context.ofType('function')) {
			const intervals = context.code(node).timers.filter(({ kind, script }) => kind === 'interval' && script !== 'finalize');
			const atStart = intervals.find(({ script }) => script === 'initialize');
			const atMessage = context.reached().has(node.id) ? intervals.find(({ script }) => script === 'func') : undefined;
			if (context.mode === 'load-balanced' && (atStart || atMessage)) {
				const onPrimary = atStart && context.isSingleton(node);
				yield {
					node,
					severity: onPrimary ? 'warning' : 'error',
					confidence: atStart ? 'high' : 'medium',
					message: onPrimary
						? `Line ${atStart.line} of On Start starts an interval on every instance: what it sends goes out on the primary alone, but what else its code does, each instance does.`
						: atStart
							? `Line ${atStart.line} of On Start starts an interval on every instance, so that with N instances it does its work N times.${copiesNote(context, node)}`
							: `Line ${atMessage?.line} starts an interval on the instance that gets the message; a later message that should stop it may reach another.`,
					remediation: context.hasPrimary
						? 'Replace the interval by an inject node, which the primary alone fires.'
						: 'Run this flow in hot-spare mode, or replace the interval by an inject node in a flow that runs once.',
				};
			} else if (atMessage && !atStart) {
				yield {
					node,
					severity: 'warning',
					confidence: 'medium',
					message: `The interval of line ${atMessage.line} runs only after a message has started it: after a takeover it stands still until that message comes again.`,
					remediation: 'Start the interval in On Start as well, or use an inject node.',
				};
			}
		}
	},
};
