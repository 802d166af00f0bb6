import type { Rule } from '../rule.ts';

const scriptNames = { func: 'On Message', initialize: 'On Start', finalize: 'On Stop' };

export const functionSyntax: Rule = {
	id: 'function-syntax',
	family: 'correctness',
	summary: 'Code of a function node that does not parse',
	*check(context) {
		for (const node of context.ofType('function')) {
			for (const script of context.code(node).tooDeep) {
				yield {
					node,
					severity: 'info',
					confidence: 'low',
					message: `${scriptNames[script]} is nested too deeply to be examined: nothing is known of the context and the timers that it uses.`,
					remediation: 'Split the code, or move generated data out of it.',
				};
			}
			for (const fault of context.code(node).faults) {
				yield {
					node,
					severity: 'error',
					confidence: 'high',
					message: `${scriptNames[fault.script]} does not parse, at line ${fault.line}, column ${fault.column}: ${fault.problem}. Node-RED starts the flows all the same, and this node does nothing.`,
					remediation: 'Correct the code at that place.',
				};
			}
		}
	},
};
