import { linkIdsOf, wiresOf } from '../../flows/edges.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const wireToNowhere: Rule = {
	id: 'wire-to-nowhere',
	family: 'correctness',
	summary: 'A wire or link to a node that does not exist',
	*check(context) {
		for (const node of context.running) {
			const missing = targetsOf(node).filter((id) => !context.graph.byId.has(id));
			if (missing.length === 0) continue;
			yield {
				node,
				severity: 'warning',
				confidence: 'high',
				message: `It is connected to ${listNames(missing.map((id) => `"${id}"`))}, which ${missing.length === 1 ? 'is' : 'are'} not in these flows: what should go there is dropped without a word.`,
				remediation: 'Add what is missing (was only a part of the flows exported?) or remove the connection.',
			};
		}
	},
};

/** A `link in` only mirrors the links of others; one that is missing there loses nothing. */
function targetsOf(node: FlowNode): string[] {
	const links = (node.type === 'link out' && node.mode !== 'return') || (node.type === 'link call' && node.linkType !== 'dynamic');
	return [...wiresOf(node).flat(), ...(links ? linkIdsOf(node).filter((id) => id !== '') : [])];
}
