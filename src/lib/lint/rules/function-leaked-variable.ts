import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const functionLeakedVariable: Rule = {
	id: 'function-leaked-variable',
	family: 'implicit-state',
	summary: 'A variable of function code that lives from message to message',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const node of context.ofType('function')) {
			const leaks = context.code(node).leakedNames;
			if (leaks.length === 0 || !context.reachedAgain().has(node.id)) continue;
			const names = listNames(leaks.map(({ name, line }) => `${name} (line ${line})`));
			yield {
				node,
				severity: balanced ? 'error' : 'warning',
				confidence: 'medium',
				message: `${names} ${leaks.length === 1 ? 'is' : 'are'} declared nowhere, and so kept from one message to the next, in the memory of this instance. ${
					balanced
						? 'Each instance goes on with a value of its own, of the messages that happen to reach it.'
						: 'At a takeover the next instance begins without.'
				}`,
				remediation:
					'Declare it with let where it should last for one message; otherwise keep it in a context store that all instances share.',
				related: context.sourceOf(node),
			};
		}
	},
};
