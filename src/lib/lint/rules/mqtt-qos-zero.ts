import { findSubscriptions, groupByBroker, sessionOf } from '../mqtt.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const mqttQosZero: Rule = {
	id: 'mqtt-qos-zero',
	family: 'subscriptions',
	summary: 'A QoS 0 subscription beside a session that is meant to lose nothing',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		const subscriptions = findSubscriptions(context).filter(({ node }) => context.isHeard(node));
		for (const [broker, zero] of groupByBroker(subscriptions, ({ qos, shared, dynamic }) => qos === 0 && !dynamic && shared === balanced)) {
			if (!balanced && !sessionOf(broker).resumes) continue;
			const [first] = zero;
			if (!first) continue;
			const topics = listNames(zero.map(({ topic }) => `"${topic}"`));
			yield {
				node: first.node,
				severity: balanced ? 'info' : 'warning',
				confidence: 'high',
				message: balanced
					? `It subscribes to ${topics} with QoS 0: what an instance was given and had not handled when it stopped, no other gets.`
					: `The session of its broker is persistent, but it subscribes to ${topics} with QoS 0, which brokers need not keep for a session: what arrives between two instances is lost.`,
				remediation: 'Subscribe with QoS 1 or 2, and publish with it: the lower of the two counts.',
				related: zero.slice(1, 4).map(({ node }) => ({ node, why: 'subscribes with QoS 0 as well' })),
			};
		}
	},
};
