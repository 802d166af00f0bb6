import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const dashboardSessions: Rule = {
	id: 'dashboard-sessions',
	family: 'listeners',
	summary: 'A dashboard, whose browsers and last values belong to one instance',
	*check(context) {
		const byFlow = new Map<string, FlowNode[]>();
		for (const node of context.running) {
			if (!context.knowledge(node)?.widget) continue;
			const flow = `${dashboardOf(node.type)} ${node.z ?? ''}`;
			const known = byFlow.get(flow);
			if (known) known.push(node);
			else byFlow.set(flow, [node]);
		}
		const balanced = context.mode === 'load-balanced';
		for (const nodes of byFlow.values()) {
			const [first] = nodes;
			if (!first) continue;
			const once = nodes.length === 1 ? '' : ` (Said once for the ${nodes.length} widgets of this flow.)`;
			yield {
				node: first,
				severity: balanced ? 'warning' : 'info',
				confidence: 'high',
				message: balanced
					? `A browser is connected to one instance and sees only what that instance handles; what it sends enters there alone.${once}`
					: `At a takeover all browsers connect anew, and widgets are empty until their next message.${once}`,
				remediation: balanced
					? 'Run the dashboard in hot-spare mode apart from the flows that share work, or feed every instance all values and keep each browser on one instance.'
					: 'Fill the widgets at the start from a database or from retained MQTT messages.',
				related: nodes.slice(1, 6).map((node) => ({ node, why: 'a widget of the same dashboard' })),
			};
		}
	},
};

/** The two dashboards are told apart by their prefix. */
function dashboardOf(type: string): string {
	return /^ui[_-]/.exec(type)?.[0] ?? type;
}
