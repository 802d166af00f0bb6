import type { ContextUse } from '../../flows/context-use.ts';
import type { FlowNode } from '../../flows/node.ts';
import { describeUses } from '../context-words.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';
import { isInterval, repeats } from '../sources.ts';
import { isKeptOnly, onPrimaryAlone } from '../words.ts';

export const onceAtTakeover: Rule = {
	id: 'once-at-takeover',
	family: 'timers',
	summary: 'An inject that fires when the flows start, so at every takeover',
	*check(context) {
		const injects = context.ofType('inject').filter((node) => node.once === true && !isInterval(node) && context.isHeard(node));
		if (injects.length === 0) return;
		const balanced = context.mode === 'load-balanced';
		const overwriterOf = context.leadsTo(context.contexts().users.filter((node) => overwrites(node, context).length > 0));
		for (const node of injects) {
			const effect = context.effectOf(node);
			const onPrimary = context.isSingleton(node);
			const overwriter = balanced ? undefined : overwriterOf(node);
			if (effect) {
				yield {
					node,
					severity: 'warning',
					confidence: context.lookUp(effect.type) ? 'high' : 'medium',
					message: `It fires ${whenItFires(balanced, onPrimary)}, and reaches ${effect.name ? `"${effect.name}" (${effect.type})` : effect.type}.`,
					remediation: 'Make what it does harmless when repeated, or remember in a shared store that it was done.',
					related: [{ node: effect, why: 'what it reaches' }],
				};
			} else if (onPrimary && isKeptOnly(context, node)) {
				// One with a timetable besides is judged as a timer.
				if (!repeats(node)) yield onPrimaryAlone(context, node);
			} else if (overwriter) {
				yield {
					node,
					severity: 'info',
					confidence: 'medium',
					message: `It sets ${describeUses(overwrites(overwriter, context))} at every takeover: what other nodes had made of it in the meantime is overwritten, even where a store had kept it.`,
					remediation: 'Set the values only where they are missing.',
					related: [{ node: overwriter, why: 'sets the value' }],
				};
			}
		}
	},
};

function whenItFires(balanced: boolean, onPrimary: boolean): string {
	if (onPrimary) return 'on the primary at every promotion and rollback, not only at the first start';
	return balanced ? 'on every instance, and again whenever one starts' : 'at every takeover and cutover, not only at the first start';
}

/** Plain writes of values that another node changes while the flows run; a write that looks first whether there is one does no harm. */
function overwrites(node: FlowNode, context: RuleContext): ContextUse[] {
	const contexts = context.contexts();
	const writes = contexts.usesOf(node).filter((use) => use.kind === 'write' && !use.inPlace && !use.atStart && use.key !== null);
	return writes.filter(
		(write) =>
			!(write.conditional && contexts.isUpdate(node, write)) &&
			contexts
				.writersOf(node, write)
				.some((other) => other.node !== node && !other.use.atStart && context.reachedAgain().has(other.node.id) && other.use.key !== null),
	);
}
