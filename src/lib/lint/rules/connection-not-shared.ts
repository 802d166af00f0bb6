import type { FlowNode } from '../../flows/node.ts';
import { isCompeting } from '../catalogue/knowledge.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const connectionNotShared: Rule = {
	id: 'connection-not-shared',
	family: 'subscriptions',
	summary: 'A connection on which every instance receives everything',
	*check(context) {
		if (context.mode !== 'load-balanced') return;
		for (const node of context.running) {
			const what = receivedBy(node, context);
			if (!what || !context.isHeard(node)) continue;
			yield {
				node,
				severity: 'error',
				confidence: node.type === 'websocket in' || node.type === 'tcp in' ? 'medium' : 'high',
				message: `Each instance opens a connection of its own and receives ${what}, so that with N instances everything behind this node happens N times.`,
				remediation:
					groupOf(node, context) ??
					'Let one instance receive: put this source into an environment in hot-spare mode that passes its messages on through a shared MQTT subscription or a queue.',
			};
		}
	},
};

/** For types whose instances can share the messages, how. */
function groupOf(node: FlowNode, context: RuleContext): string | null {
	const competes = context.knowledge(node)?.competes;
	if (typeof competes !== 'object') return null;
	return competes.oneOf
		? `Receive from a queue (${competes.property}: ${competes.oneOf.join(' or ')}), whose messages the instances share among themselves.`
		: `Give the node a group (${competes.property}), the same on all instances, so that each message goes to one of them.`;
}

/** What arrives on the connection that a node opens; null for other nodes. */
function receivedBy(node: FlowNode, context: RuleContext): string | null {
	switch (node.type) {
		case 'mqtt in':
			return null;
		case 'websocket in':
			return context.graph.byId.get(String(node.client ?? ''))?.type === 'websocket-client' ? 'what the WebSocket server sends' : null;
		case 'tcp in':
			return node.server === true || node.server === 'server' ? null : 'what the TCP server sends';
		default: {
			const knowledge = context.knowledge(node);
			if (!knowledge || knowledge.binds?.to === 'account' || isCompeting(node, knowledge)) return null;
			return context.sourceKind(node) === 'subscription' ? `all that ${knowledge.module} delivers to a client` : null;
		}
	}
}
