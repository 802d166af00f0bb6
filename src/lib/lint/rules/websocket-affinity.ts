import type { Rule } from '../rule.ts';

export const websocketAffinity: Rule = {
	id: 'websocket-affinity',
	family: 'listeners',
	summary: 'A WebSocket endpoint whose clients are spread over the instances',
	*check(context) {
		if (context.mode !== 'load-balanced') return;
		for (const listener of context.ofType('websocket-listener')) {
			yield {
				node: listener,
				severity: 'warning',
				confidence: 'medium',
				message: `Each client of ${listener.path ?? 'this endpoint'} is connected to one instance. What another instance sends does not reach it, and msg._session means something to one instance only.`,
				remediation:
					'Let every instance receive what is to be sent (an MQTT topic that is not shared), or run this flow in hot-spare mode.',
			};
		}
	},
};
