import type { FlowNode } from '../../flows/node.ts';
import { findSubscriptions, matchesTopic, unsharedTopic } from '../mqtt.ts';
import type { Rule } from '../rule.ts';

export const mqttRetainedReplay: Rule = {
	id: 'mqtt-retained-replay',
	family: 'subscriptions',
	summary: 'A retained message that is handled again at every takeover, or never under $share',
	*check(context) {
		const retained = context.ofType('mqtt out').filter(isRetained);
		if (retained.length === 0) return;
		const balanced = context.mode === 'load-balanced';
		for (const { node, topic, shared, dynamic, broker } of findSubscriptions(context)) {
			// Retain handling 2 asks for no retained messages (MQTT 5, core/network/10-mqtt.js).
			if (dynamic || !broker || shared !== balanced || (!shared && Number(node.rh) === 2)) continue;
			const publisher = retained.find((out) => out.broker === broker.id && matchesTopic(unsharedTopic(topic), String(out.topic)));
			const effect = context.effectOf(node);
			if (!publisher || !(effect || shared)) continue;
			yield {
				node,
				severity: 'info',
				confidence: 'medium',
				message: balanced
					? `It subscribes to "${topic}", where these flows publish retained messages: a broker sends none of those to shared subscriptions, so that a fresh instance does not learn the last value.`
					: `It subscribes to "${topic}", where these flows publish retained messages: at every takeover the broker sends the last one again${effect ? `, and it is handled once more, down to ${effect.name || effect.type}` : ''}.`,
				remediation: balanced
					? 'Read the last value by a subscription of its own that is not shared and only fills a cache.'
					: 'Make handling it twice harmless, tell it by msg.retain, or with MQTT 5 set retain handling so that none is sent.',
				related: [{ node: publisher, why: 'publishes retained messages there' }],
			};
		}
	},
};

function isRetained(out: FlowNode): boolean {
	return (out.retain === true || out.retain === 'true') && typeof out.topic === 'string' && out.topic !== '';
}
