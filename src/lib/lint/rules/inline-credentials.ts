import { holdsKey, holdsUserInfo, looksSecret, namesSecret } from '../../flows/literal-secrets.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';
import { listNames } from '../words.ts';

export const inlineCredentials: Rule = {
	id: 'inline-credentials',
	family: 'portability',
	summary: 'A password or token that stands in the flow file',
	*check(context) {
		for (const node of context.inUse) {
			const places = placesOf(node, context);
			if (places.length === 0) continue;
			yield {
				node,
				severity: 'warning',
				confidence: 'medium',
				message: `It holds a secret in plain text: ${listNames(places)}. It goes wherever the flow file goes, and production cannot have another one than dev.`,
				remediation:
					'Read it from the environment (env.get in code, a whole field ${NAME} elsewhere) or from a credential field, and change it: it has been written down.',
			};
		}
	},
};

/** Where secrets stand in a node; the secrets themselves are named nowhere. */
function placesOf(node: FlowNode, context: RuleContext): string[] {
	if (node.type === 'function') return context.code(node).secrets.map(({ name, line }) => `${name} in line ${line}`);
	const places: string[] = [];
	for (const key in node) {
		const value = node[key];
		if (typeof value !== 'string') continue;
		if ((namesSecret(key) && looksSecret(value)) || holdsUserInfo(value) || holdsKey(value)) places.push(`the field ${key}`);
	}
	return places;
}
