import type { FlowNode } from '../../flows/node.ts';
import { hasClientId } from '../mqtt.ts';
import type { Rule } from '../rule.ts';

export const mqttBirthWill: Rule = {
	id: 'mqtt-birth-will',
	family: 'subscriptions',
	summary: 'A will that says "gone" while another instance serves',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const broker of context.ofType('mqtt-broker')) {
			const [will, birth] = [topicOf(broker, 'will'), topicOf(broker, 'birth')];
			if (!will) continue;
			// One client id: the broker publishes the will before it lets the next connection in.
			if (!balanced && (will !== birth || hasClientId(broker))) continue;
			yield {
				node: broker,
				severity: balanced ? 'warning' : 'info',
				confidence: 'medium',
				message: balanced
					? `Each instance has its own connection and its own will on "${will}": when one stops, the will says that the service is gone, although the others serve.`
					: `When an instance dies, the broker publishes its will on "${will}" only after the keep-alive has run out: by then the next instance has said its birth, and the will overwrites it.`,
				remediation: balanced
					? 'Give each instance a topic of its own, from the environment.'
					: 'Give the broker node a client id: the broker then ends the former connection, will included, before the next one begins.',
			};
		}
	},
};

/** In files of today `willTopic`; in later ones an object `will` (core/network/10-mqtt.js). */
function topicOf(broker: FlowNode, which: 'will' | 'birth'): string | null {
	const nested = broker[which] as { topic?: unknown } | null | undefined;
	const topic = broker[`${which}Topic`] ?? (typeof nested === 'object' ? nested?.topic : undefined);
	return typeof topic === 'string' && topic.trim() !== '' ? topic : null;
}
