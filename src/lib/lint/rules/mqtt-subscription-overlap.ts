import { findSubscriptions, groupByBroker, overlaps } from '../mqtt.ts';
import type { Rule } from '../rule.ts';

/** Beyond so many subscriptions on one broker, pairs are too many to compare. */
const comparable = 500;

export const mqttSubscriptionOverlap: Rule = {
	id: 'mqtt-subscription-overlap',
	family: 'subscriptions',
	summary: 'Two subscriptions of one connection that match the same messages',
	*check(context) {
		const heard = findSubscriptions(context).filter(({ node }) => context.isHeard(node));
		for (const subscriptions of groupByBroker(heard, ({ dynamic, fromEnvironment }) => !dynamic && !fromEnvironment).values()) {
			const wide = subscriptions.filter(({ topic }) => /[+#]/.test(topic)).slice(0, comparable);
			for (const subscription of wide) {
				const other = subscriptions
					.slice(0, comparable)
					.find(
						({ topic, shared }) => topic !== subscription.topic && shared === subscription.shared && overlaps(subscription.topic, topic),
					);
				if (!other) continue;
				yield {
					node: subscription.node,
					severity: 'info',
					confidence: 'medium',
					message: `"${subscription.topic}" and "${other.topic}" match the same messages on one connection. Brokers may deliver such a message once for each, and Node-RED then hands each copy to both nodes; a takeover that counts messages cannot tell these from doubled ones.`,
					remediation: 'Let one subscription take them and a switch node tell them apart, or use two broker nodes.',
					related: [{ node: other.node, why: `subscribes to "${other.topic}"` }],
				};
			}
		}
	},
};
