import { findSubscriptions, groupByBroker, sessionOf } from '../mqtt.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const cleanSessionGap: Rule = {
	id: 'clean-session-gap',
	family: 'subscriptions',
	summary: 'Subscriptions whose messages nobody keeps while no instance is connected',
	*check(context) {
		if (context.mode !== 'hot-spare') return;
		for (const [broker, subscriptions] of groupByBroker(findSubscriptions(context), ({ shared }) => !shared)) {
			if (sessionOf(broker).resumes) continue;
			const promised = subscriptions.filter(({ qos }) => qos > 0);
			const named = promised.length > 0 ? promised : subscriptions;
			const topics = listNames(named.map(({ topic, dynamic }) => (dynamic ? 'dynamic subscriptions' : `"${topic}"`)));
			yield {
				node: broker,
				severity: promised.length > 0 ? 'warning' : 'info',
				confidence: 'high',
				message:
					promised.length > 0
						? `The session ends with the connection: what is published on ${topics} while one instance has stopped and the next is not connected yet is lost, in spite of its QoS.`
						: `What is published on ${topics} with QoS 0 while no instance is connected is lost.`,
				remediation:
					'Where no message may be lost, give the broker node a client id, turn off the clean session (MQTT 5: clean start off and a session expiry above the gap) and turn off "automatically unsubscribe"; subscribe with QoS 1 or 2.',
			};
		}
	},
};
