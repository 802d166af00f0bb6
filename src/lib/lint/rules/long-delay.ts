import type { FlowNode } from '../../flows/node.ts';
import { toNumber, toText } from '../../flows/scalar.ts';
import type { Rule } from '../rule.ts';

/** The time that a drain waits by default (`timeouts.drainMs`). */
const drainSeconds = 10;
const secondsOf: Record<string, number> = { milliseconds: 0.001, seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

export const longDelay: Rule = {
	id: 'long-delay',
	family: 'cutover',
	summary: 'A delay that lasts longer than a drain waits',
	*check(context) {
		for (const node of context.ofType('delay')) {
			const seconds = delayOf(node);
			if (seconds <= drainSeconds || !context.reached().has(node.id)) continue;
			yield {
				node,
				severity: 'warning',
				confidence: 'high',
				message: `Messages wait here for up to ${seconds} s, and a drain waits ${drainSeconds} s by default: what waits when an instance stops is lost, and reported as left over.`,
				remediation: 'Give the environment a longer timeouts.drainMs, or keep what must not be lost in a queue outside Node-RED.',
			};
		}
	},
};

/** The longest that one message is held, in seconds; 0 for rate limits and for delays that the message sets. */
function delayOf(node: FlowNode): number {
	if (node.pauseType === 'delay') return toNumber(node.timeout ?? 0) * (secondsOf[toText(node.timeoutUnits)] ?? 1);
	if (node.pauseType === 'random') return toNumber(node.randomLast ?? 0) * (secondsOf[toText(node.randomUnits)] ?? 1);
	return 0;
}
