import { hasClientId, isFromEnvironment } from '../mqtt.ts';
import type { Rule } from '../rule.ts';

export const fixedClientId: Rule = {
	id: 'fixed-client-id',
	family: 'subscriptions',
	summary: 'One MQTT client id for all instances',
	*check(context) {
		if (context.mode !== 'load-balanced') return;
		for (const broker of context.ofType('mqtt-broker')) {
			if (!hasClientId(broker) || isFromEnvironment(broker.clientid)) continue;
			yield {
				node: broker,
				severity: 'error',
				confidence: 'high',
				message: `All instances connect as "${broker.clientid}". A broker allows one connection for each client id, so that they disconnect each other without end.`,
				remediation:
					'Leave the client id empty, or let it come from the environment (the whole field ${MQTT_CLIENT_ID}) with another value for each instance.',
			};
		}
	},
};
