import type { FlowNode } from '../flows/node.ts';
import type { Change } from './change.ts';
import { changeTo, type FoundRules, isVersion5 } from './fix-settings.ts';
import { findSubscriptions, type Subscription } from './mqtt.ts';
import type { RuleContext } from './rule-context.ts';

/** For load balancing: shared subscriptions, a client id for each instance, and sessions that end with their connection. */
export function fixesForBalanced(context: RuleContext, found: FoundRules, group: string): Change[] {
	const sharing = findSubscriptions(context).filter((subscription) => canShare(subscription, context, found));
	const brokers = context.ofType('mqtt-broker');
	return [
		...sharing.flatMap((subscription) => share(subscription, groupOf(subscription, brokers, group))),
		...brokers.flatMap((broker, index) => ownClientId(broker, index, found)),
		...brokers.flatMap((broker) =>
			endSession(
				broker,
				found,
				sharing.some((subscription) => subscription.broker === broker),
			),
		),
	];
}

/**
 * QoS 0 is left alone, since a message to a member that just died is lost; MQTT 3.1.1, since not every broker shares there; and
 * what is only shown or kept, since every instance may need it.
 */
function canShare({ node, broker, qos, topic }: Subscription, context: RuleContext, found: FoundRules): boolean {
	if (!found.get(node.id)?.has('mqtt-subscription-not-shared') || !broker || topic === '') return false;
	return qos > 0 && isVersion5(broker) && context.effectOf(node) !== undefined;
}

/** Two connections of one instance in one group would share between themselves what both are to get: so each broker node has a group. */
function groupOf({ broker }: Subscription, brokers: readonly FlowNode[], group: string): string {
	const index = brokers.indexOf(broker as FlowNode);
	return index > 0 ? `${group}-${index + 1}` : group;
}

function share({ node, topic }: Subscription, group: string): Change[] {
	return changeTo(node, { topic: `$share/${group}/${topic}` }, 'The broker gives each message to one instance.');
}

/** Node-RED substitutes only a whole field; two broker nodes of one instance must not have one id either. */
function ownClientId(broker: FlowNode, index: number, found: FoundRules): Change[] {
	if (!found.get(broker.id)?.has('fixed-client-id')) return [];
	const variable = index === 0 ? 'MQTT_CLIENT_ID' : `MQTT_CLIENT_ID_${index + 1}`;
	return changeTo(broker, { clientid: `\${${variable}}` }, `Each instance has an id of its own, from its variable ${variable}.`);
}

function endSession(broker: FlowNode, found: FoundRules, shares: boolean): Change[] {
	if (!shares && !found.get(broker.id)?.has('shared-subscription-lingers')) return [];
	const session = isVersion5(broker)
		? { cleansession: true, sessionExpiry: '', autoUnsubscribe: true }
		: { cleansession: true, autoUnsubscribe: true };
	// What a broker node does not say is as wanted already: these are Node-RED's defaults.
	const said = Object.fromEntries(Object.entries(session).filter(([property]) => broker[property] !== undefined));
	return changeTo(broker, said, 'An instance that stops leaves its share group, so that nothing piles up for it.');
}
