import type { Rule } from '../rule.ts';

export const unseenWork: Rule = {
	id: 'unseen-work',
	family: 'cutover',
	summary: 'Function code that sends after Node-RED has counted the message as done',
	*check(context) {
		for (const node of context.ofType('function')) {
			const [send] = context.code(node).unseenSends;
			if (!send || !context.reached().has(node.id)) continue;
			yield {
				node,
				severity: 'warning',
				confidence: 'medium',
				message: `Line ${send.line} sends from a callback of ${send.waitsFor}, when the function has returned and the message counts as done. A drain does not wait for it: what is under way when an instance stops is lost.`,
				remediation: 'Await or return the promise, or call node.done() in the callback once the work is done.',
			};
		}
	},
};
