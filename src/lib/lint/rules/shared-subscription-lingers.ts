import { findSubscriptions, groupByBroker, sessionOf } from '../mqtt.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const sharedSubscriptionLingers: Rule = {
	id: 'shared-subscription-lingers',
	family: 'subscriptions',
	summary: 'A stopped instance that stays a member of its share group',
	*check(context) {
		for (const [broker, subscriptions] of groupByBroker(findSubscriptions(context), ({ shared }) => shared)) {
			const { lingers, unsubscribesAtStop } = sessionOf(broker);
			if (!lingers && unsubscribesAtStop) continue;
			const topics = listNames(subscriptions.map(({ topic }) => `"${topic}"`));
			yield {
				node: broker,
				severity: lingers && !unsubscribesAtStop ? 'error' : 'warning',
				confidence: 'high',
				message: describe(lingers, unsubscribesAtStop, topics),
				remediation:
					'For shared subscriptions use a clean session (MQTT 5: clean start and no session expiry) and leave "automatically unsubscribe" on.',
			};
		}
	},
};

function describe(lingers: boolean, unsubscribesAtStop: boolean, topics: string): string {
	if (!lingers)
		return `With automatic unsubscribing off, a stopped instance leaves ${topics} only when its connection ends: what the broker still gives it until then is lost.`;
	return unsubscribesAtStop
		? `The session outlives the connection: an instance that crashes stays in the group of ${topics}, and the broker keeps giving it a share of the messages that nobody reads.`
		: `The session outlives the connection and keeps its subscription: every stopped instance stays in the group of ${topics}, and its share of the messages piles up unread.`;
}
