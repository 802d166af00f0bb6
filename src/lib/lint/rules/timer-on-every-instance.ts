import type { FlowNode } from '../../flows/node.ts';
import type { Judgement, Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';
import { isInterval } from '../sources.ts';
import { copiesNote, effectBehind, isKeptOnly, onPrimaryAlone } from '../words.ts';

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
			if (context.isSingleton(node)) yield judgeSingleton(node, kind, context);
			// It was said that every instance is to have it, and nothing outside is done more than once.
			else if (context.isExcepted(node) && !context.effectOf(node)) continue;
			else
				yield {
					node,
					severity: 'error',
					confidence: context.effectOf(node) ? 'high' : 'medium',
					message: `${kind === 'poll' ? 'Each instance polls for itself' : node.type === 'inject' && isInterval(node) ? `Each instance fires every ${node.repeat} s` : 'Each instance fires by its own clock'}, so that with N instances everything behind this node happens N times.${copiesNote(context, node)}`,
					remediation: remediationFor(node, context),
					related: effectBehind(context, node),
				};
		}
	},
};

/** What is left where the primary alone fires it. */
function judgeSingleton(node: FlowNode, kind: 'schedule' | 'poll', context: RuleContext): Judgement {
	if (isKeptOnly(context, node)) return onPrimaryAlone(context, node);
	const polls = kind === 'poll';
	return {
		node,
		severity: polls ? 'warning' : 'info',
		confidence: 'medium',
		message: polls
			? 'Each instance polls for itself: what is asked is asked N times, though what comes of it goes on from the primary alone.'
			: 'The primary alone fires it. When that ends, the timer of another instance goes on, which ticks at other moments.',
		remediation: polls
			? 'Poll from a flow in hot-spare mode, or see that what is asked bears it.'
			: 'Let what it does bear a tick that comes somewhat earlier or later.',
	};
}

function remediationFor(node: FlowNode, { hasPrimary, isExcepted }: RuleContext): string {
	if (isExcepted(node)) return 'Take it out of `primary.except`, so that the primary alone fires it.';
	if (hasPrimary && node.type === 'inject') return 'Let the primary alone fire it: `primary: { timers: true }` in the environment.';
	if (hasPrimary)
		return `Let it go out on the primary alone: name ${node.type}, or this node, under \`primary.sources\` of the environment.`;
	return 'Run this flow in hot-spare mode, where only the active instance fires, or let one scheduler outside trigger it by a shared MQTT subscription or an HTTP request. An environment of flowferry elects a primary, which alone fires inject nodes: judge with --environment.';
}
