import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const debugLeftActive: Rule = {
	id: 'debug-left-active',
	family: 'portability',
	summary: 'Debug nodes that are still switched on',
	*check(context) {
		const byFlow = new Map<string, FlowNode[]>();
		for (const node of context.ofType('debug')) {
			if (!isActive(node) || !context.reached().has(node.id)) continue;
			const flow = node.z ?? '';
			const known = byFlow.get(flow);
			if (known) known.push(node);
			else byFlow.set(flow, [node]);
		}
		for (const nodes of byFlow.values()) {
			const [first] = nodes;
			if (!first) continue;
			const printed = nodes.some((node) => node.console === true || node.console === 'true');
			yield {
				node: first,
				severity: 'info',
				confidence: 'high',
				message: `${nodes.length === 1 ? 'A debug node is' : `${nodes.length} debug nodes of this flow are`} active: in production each message costs time to format${printed ? ' and goes to the log, with whatever it holds' : ''}.`,
				remediation: 'Switch them off before a promotion, or remove them.',
				related: nodes.slice(1, 6).map((node) => ({ node, why: 'active as well' })),
			};
		}
	},
};

/** The defaults of core/common/21-debug.js: active, and shown in the sidebar; one that sets the node's status only costs nothing. */
function isActive(node: FlowNode): boolean {
	const shows = node.tosidebar === undefined || node.tosidebar === true || node.console === true || node.console === 'true';
	return node.active !== false && shows;
}
