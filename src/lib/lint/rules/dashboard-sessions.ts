import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const dashboardSessions: Rule = {
	id: 'dashboard-sessions',
	family: 'listeners',
	summary: 'A dashboard, whose browsers and last values belong to one instance',
	*check(context) {
		const firstByModule = new Map<string, FlowNode>();
		for (const node of context.running) {
			const knowledge = context.knowledge(node);
			if (!knowledge?.widget) continue;
			const dashboard = node.type.startsWith('ui_') ? 'ui_' : node.type.startsWith('ui-') ? 'ui-' : node.type;
			if (!firstByModule.has(dashboard)) firstByModule.set(dashboard, node);
		}
		const balanced = context.mode === 'load-balanced';
		for (const node of firstByModule.values()) {
			yield {
				node,
				severity: balanced ? 'warning' : 'info',
				confidence: 'high',
				message: balanced
					? 'A browser is connected to one instance and sees only what that instance handles; what it sends enters there alone. (Said once for the whole dashboard.)'
					: 'At a takeover all browsers connect anew, and widgets are empty until their next message. (Said once for the whole dashboard.)',
				remediation: balanced
					? 'Run the dashboard in hot-spare mode apart from the flows that share work, or feed every instance all values and keep each browser on one instance.'
					: 'Fill the widgets at the start from a database or from retained MQTT messages.',
			};
		}
	},
};
