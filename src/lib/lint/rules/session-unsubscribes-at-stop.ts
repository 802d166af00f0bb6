import { findSubscriptions, groupByBroker, sessionOf } from '../mqtt.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const sessionUnsubscribesAtStop: Rule = {
	id: 'session-unsubscribes-at-stop',
	family: 'subscriptions',
	summary: 'A persistent session that gives up its subscriptions when the flows stop',
	*check(context) {
		// QoS 0 messages are not kept for a session anyway, and members of a share group should leave it.
		const kept = groupByBroker(findSubscriptions(context), ({ shared, qos }) => !shared && qos > 0);
		for (const [broker, subscriptions] of kept) {
			const { resumes, unsubscribesAtStop } = sessionOf(broker);
			if (!resumes || !unsubscribesAtStop) continue;
			const topics = listNames(subscriptions.map(({ topic, dynamic }) => (dynamic ? 'its dynamic subscriptions' : `"${topic}"`)));
			yield {
				node: broker,
				severity: context.mode === 'hot-spare' ? 'error' : 'warning',
				confidence: 'high',
				message: `The session is persistent, yet Node-RED unsubscribes from ${topics} when the flows stop: what is published before the next instance has started is lost at every cutover.`,
				remediation:
					'Turn off "automatically unsubscribe when disconnecting" in the broker node, so that the session collects what arrives in the gap.',
			};
		}
	},
};
