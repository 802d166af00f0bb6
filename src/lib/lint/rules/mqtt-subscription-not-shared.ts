import { findSubscriptions } from '../mqtt.ts';
import type { Rule } from '../rule.ts';
import { copiesNote } from '../words.ts';

export const mqttSubscriptionNotShared: Rule = {
	id: 'mqtt-subscription-not-shared',
	family: 'subscriptions',
	summary: 'An MQTT subscription that every instance gets its own copy of',
	*check(context) {
		if (context.mode !== 'load-balanced') return;
		for (const { node, topic, shared, dynamic, fromEnvironment } of findSubscriptions(context)) {
			if (shared || dynamic || !context.isHeard(node)) continue;
			yield {
				node,
				severity: fromEnvironment ? 'warning' : 'error',
				confidence: fromEnvironment ? 'low' : 'high',
				message: fromEnvironment
					? `The topic comes from the environment (${topic}). Unless it begins with $share/, each instance handles every message.`
					: `The broker gives every message on "${topic}" to each instance, so that with N instances everything behind this node happens N times.${copiesNote(context, node)}`,
				remediation: fromEnvironment
					? 'Set the variable to $share/<group>/<topic>, with the same group on all instances.'
					: `Subscribe to $share/<group>/${topic} with the same group on all instances, or run the flow in hot-spare mode.`,
			};
		}
	},
};
