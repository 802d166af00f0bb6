import type { FlowNode } from '../flows/node.ts';
import type { Change } from './change.ts';
import { changeTo, type FoundRules, isVersion5 } from './fix-settings.ts';
import { findSubscriptions, hasClientId, sessionOf } from './mqtt.ts';
import type { RuleContext } from './rule-context.ts';

/** How long a broker keeps the session of an instance that is gone, in seconds: longer than any takeover, shorter than a shift. */
const sessionSeconds = '3600';

/** For hot-spare: a session with a client id outlives the gap, with its subscriptions and what has arrived for them. */
export function fixesForSpare(context: RuleContext, found: FoundRules): Change[] {
	const sharing = new Set(findSubscriptions(context).flatMap(({ shared, broker }) => (shared && broker ? [broker] : [])));
	return context.ofType('mqtt-broker').flatMap((broker) => (sharing.has(broker) ? leaveGroup(broker, found) : keepSession(broker, found)));
}

/** Without a client id a session cannot be found again; whether one may be kept at all is then for people to say. */
function keepSession(broker: FlowNode, found: FoundRules): Change[] {
	const rules = found.get(broker.id);
	if (!hasClientId(broker) || !(rules?.has('clean-session-gap') || rules?.has('session-unsubscribes-at-stop'))) return [];
	const needsExpiry = isVersion5(broker) && !(Number(broker.sessionExpiry) > 0);
	return changeTo(
		broker,
		{ cleansession: false, autoUnsubscribe: false, ...(needsExpiry ? { sessionExpiry: sessionSeconds } : {}) },
		'The broker keeps what arrives between two instances, and gives it to the next one.',
	);
}

/** A shared subscription must not linger, nor can it lose anything by leaving. */
function leaveGroup(broker: FlowNode, found: FoundRules): Change[] {
	if (!found.get(broker.id)?.has('shared-subscription-lingers')) return [];
	const { lingers, unsubscribesAtStop } = sessionOf(broker);
	const wanted = {
		...(lingers ? (isVersion5(broker) ? { sessionExpiry: '' } : { cleansession: true }) : {}),
		...(unsubscribesAtStop ? {} : { autoUnsubscribe: true }),
	};
	return changeTo(broker, wanted, 'An instance that stops leaves its share group, so that nothing piles up for it.');
}
