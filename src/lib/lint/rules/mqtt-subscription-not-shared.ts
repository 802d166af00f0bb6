import { findSubscriptions } from '../mqtt.ts';
import type { Rule } from '../rule.ts';
import { copiesNote, effectBehind } from '../words.ts';

export const mqttSubscriptionNotShared: Rule = {
	id: 'mqtt-subscription-not-shared',
	family: 'subscriptions',
	summary: 'An MQTT subscription that every instance gets its own copy of',
	*check(context) {
		if (context.mode !== 'load-balanced') return;
		for (const { node, topic, shared, dynamic, fromEnvironment } of findSubscriptions(context)) {
			if (shared || dynamic || !context.isHeard(node)) continue;
			if (fromEnvironment) {
				yield {
					node,
					severity: 'warning',
					confidence: 'low',
					message: `The topic comes from the environment (${topic}). Unless it begins with $share/, each instance handles every message.`,
					remediation: 'Set the variable to $share/<group>/<topic>, with the same group on all instances.',
				};
				continue;
			}
			// Values that every instance is to show or to know must reach every instance.
			const onlyKept = !context.effectOf(node) && context.traceOf(node) !== undefined;
			yield {
				node,
				severity: 'error',
				confidence: onlyKept ? 'medium' : 'high',
				message: `The broker gives every message on "${topic}" to each instance, so that with N instances everything behind this node happens N times.${copiesNote(context, node)}${onlyKept ? ' It only keeps or shows what it gets: where every instance is to know it, leave it as it is.' : ''}`,
				remediation: `Subscribe to $share/<group>/${topic} with the same group on all instances, or run the flow in hot-spare mode.`,
				related: effectBehind(context, node),
			};
		}
	},
};
