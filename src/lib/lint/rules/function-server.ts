import type { Rule } from '../rule.ts';

export const functionServer: Rule = {
	id: 'function-server',
	family: 'listeners',
	summary: 'Function code that opens a port',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const node of context.ofType('function')) {
			const reached = context.reached().has(node.id);
			const call = context.code(node).moduleCalls.find(({ reach, script }) => reach === 'server' && (reached || script === 'initialize'));
			if (!call) continue;
			yield {
				node,
				severity: balanced ? 'error' : 'warning',
				confidence: 'medium',
				message: `Line ${call.line} opens a server (${call.name}). ${
					balanced
						? 'Of several instances on one machine only the first gets the port; on several machines clients reach one of them only.'
						: 'The router knows nothing of it, and the next instance can open it only after the former has let go.'
				}`,
				remediation:
					'Receive by http in or MQTT, which can be held, moved and spread, and close the server in On Stop as long as it stands.',
			};
		}
	},
};
