import { findKnowledge } from '../catalogue/index.ts';
import type { Rule } from '../rule.ts';
import { isInterval } from '../sources.ts';

export const onceAtTakeover: Rule = {
	id: 'once-at-takeover',
	family: 'timers',
	summary: 'An inject that fires when the flows start, so at every takeover',
	*check(context) {
		for (const node of context.ofType('inject')) {
			// What comes at intervals anyway, one more at the start does not change.
			if (node.once !== true || isInterval(node) || !context.isHeard(node)) continue;
			const effect = context.effectOf(node);
			const balanced = context.mode === 'load-balanced';
			if (effect) {
				yield {
					node,
					severity: 'warning',
					confidence: findKnowledge(effect.type) ? 'high' : 'medium',
					message: `It fires ${balanced ? 'on every instance, and again whenever one starts' : 'at every takeover and cutover, not only at the first start'}, and reaches ${effect.name ? `"${effect.name}" (${effect.type})` : effect.type}.`,
					remediation: 'Make what it does harmless when repeated, or remember in a shared store that it was done.',
				};
			} else if (!balanced && context.contextWriteOf(node)) {
				yield {
					node,
					severity: 'info',
					confidence: 'medium',
					message:
						'It sets context values at every takeover: what they had become in the meantime is overwritten, even where a store had kept it.',
					remediation: 'Set the values only where they are missing.',
				};
			}
		}
	},
};
