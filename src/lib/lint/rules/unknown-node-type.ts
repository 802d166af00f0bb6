import { subflowOf } from '../../flows/activity.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const unknownNodeType: Rule = {
	id: 'unknown-node-type',
	family: 'correctness',
	summary: 'A node type of which nothing is known here',
	*check(context) {
		const byType = new Map<string, FlowNode[]>();
		for (const node of context.running) {
			if (subflowOf(node) !== null || context.lookUp(node.type)) continue;
			const known = byType.get(node.type);
			if (known) known.push(node);
			else byType.set(node.type, [node]);
		}
		for (const [type, nodes] of byType) {
			const [first] = nodes;
			if (!first) continue;
			const others = nodes.length === 1 ? '' : ` (Said once for its ${nodes.length} nodes.)`;
			yield {
				node: first,
				severity: 'info',
				confidence: 'low',
				message: `Nothing is known of the type "${type}": whether it emits by itself, remembers something or can run on more than one instance was not judged.${others}`,
				remediation: 'Describe the type under lint.types in flowferry.yaml.',
				related: nodes.slice(1, 6).map((node) => ({ node, why: 'of the same type' })),
			};
		}
	},
};
