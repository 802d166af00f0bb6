import type { Rule } from '../rule.ts';
import { isInterval } from '../sources.ts';
import { copiesNote, effectBehind } from '../words.ts';

export const timerOnEveryInstance: Rule = {
	id: 'timer-on-every-instance',
	family: 'timers',
	summary: 'A clock or poller that every instance runs',
	*check(context) {
		if (context.mode !== 'load-balanced') return;
		for (const node of context.running) {
			const kind = context.sourceKind(node);
			if ((kind !== 'schedule' && kind !== 'poll') || node.type === 'function' || !context.isHeard(node)) continue;
			if (context.knowledge(node)?.binds) continue;
			yield {
				node,
				severity: 'error',
				confidence: context.effectOf(node) ? 'high' : 'medium',
				message: `${kind === 'poll' ? 'Each instance polls for itself' : node.type === 'inject' && isInterval(node) ? `Each instance fires every ${node.repeat} s` : 'Each instance fires by its own clock'}, so that with N instances everything behind this node happens N times.${copiesNote(context, node)}`,
				remediation:
					'Run this flow in hot-spare mode, where only the active instance fires, or let one scheduler outside trigger it by a shared MQTT subscription or an HTTP request.',
				related: effectBehind(context, node),
			};
		}
	},
};
