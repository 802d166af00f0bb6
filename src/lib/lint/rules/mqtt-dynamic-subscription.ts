import { reachFrom } from '../../flows/reach.ts';
import { findSubscriptions } from '../mqtt.ts';
import type { Rule } from '../rule.ts';

export const mqttDynamicSubscription: Rule = {
	id: 'mqtt-dynamic-subscription',
	family: 'subscriptions',
	summary: 'Subscriptions made by messages, which the next instance does not know',
	*check(context) {
		const dynamic = findSubscriptions(context).filter(({ dynamic, node }) => dynamic && context.isHeard(node));
		if (dynamic.length === 0) return;
		const starters = context.running.filter((node) => node.type === 'inject' && node.once === true);
		const madeAtStart = reachFrom(context.graph, starters);
		for (const { node } of dynamic) {
			const isMadeAtStart = madeAtStart.has(node.id);
			if (context.mode === 'hot-spare' && isMadeAtStart) continue;
			yield {
				node,
				severity: 'warning',
				confidence: 'medium',
				message:
					context.mode === 'hot-spare'
						? 'Its subscriptions are made by messages and live in the instance that received them: after a takeover nothing is subscribed until those messages come again.'
						: isMadeAtStart
							? 'Each instance makes these subscriptions when it starts; unless their topics begin with $share/, each instance handles every message.'
							: 'Only the instance that received the subscribing message subscribes, and another instance may get the message that should end it.',
				remediation:
					context.mode === 'hot-spare'
						? 'Make the subscriptions again at every start: an inject node that fires once, or topics kept in a context store that the instances share.'
						: 'Subscribe to fixed $share/<group>/… topics, or run the flow in hot-spare mode.',
			};
		}
	},
};
