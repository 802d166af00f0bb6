import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const listeningPort: Rule = {
	id: 'listening-port',
	family: 'listeners',
	summary: 'A port that a node opens itself',
	*check(context) {
		const servers = context.knownAs(({ serves }) => serves, context.inUseByType);
		for (const node of new Set([...context.ofType('tcp in', 'tcp out', 'udp in'), ...servers])) {
			const port = portOf(node, context);
			if (!port) continue;
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: balanced ? 'error' : node.type === 'udp in' ? 'info' : 'warning',
				confidence: 'high',
				message: balanced
					? `It opens ${port}. Of several instances on one machine only the first gets the port; on several machines senders reach one of them only.`
					: `It opens ${port}, which does not move with the router: the next instance can open it only after the former has let go, and until then senders are refused.`,
				remediation: balanced
					? 'Receive over HTTP or MQTT, which can be spread, or run this flow in hot-spare mode.'
					: 'Let senders try again, or receive over HTTP or MQTT. Where an instance runs on another machine, put an address in front that follows the active one.',
			};
		}
	},
};

/** What a node opens, as a noun phrase; null for nodes that open nothing of their own. */
function portOf(node: FlowNode, context: RuleContext): string | null {
	switch (node.type) {
		case 'tcp in':
			return node.server === true || node.server === 'server' ? `TCP port ${node.port}` : null;
		case 'tcp out':
			return node.beserver === 'server' ? `TCP port ${node.port}` : null;
		case 'udp in':
			return `UDP port ${node.port}`;
		default: {
			const serves = context.knowledge(node)?.serves;
			return serves ? `a port for ${serves}` : null;
		}
	}
}
