import type { ContextUse } from '../../flows/context-use.ts';
import { rootOf } from '../../flows/context-use.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { StoreReach } from '../context-stores.ts';
import { confidenceOf, describeUses, worstReach } from '../context-words.ts';
import type { Severity } from '../finding.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

/** What becomes of the value, by where the store keeps it. */
const balanced: Record<StoreReach, { severity: Severity; what: string }> = {
	process: { severity: 'error', what: 'Each instance counts on with a value of its own.' },
	machine: { severity: 'error', what: 'That store is files of one instance: each counts on with a value of its own.' },
	unknown: {
		severity: 'warning',
		what: 'Each instance counts on with a value of its own, and even in a shared store two instances overwrite each other.',
	},
	shared: {
		severity: 'warning',
		what: 'The store is shared, but two instances that read before either writes lose one of the two changes.',
	},
};
const spare: Record<Exclude<StoreReach, 'shared'>, { severity: Severity; what: string }> = {
	process: { severity: 'warning', what: 'That is in memory: at a takeover the value is gone and begins anew.' },
	machine: { severity: 'warning', what: "That store is files of one instance: after a takeover another instance's value counts." },
	unknown: { severity: 'info', what: 'Unless that store is shared between the instances, the value is another one after a takeover.' },
};

export const contextUpdate: Rule = {
	id: 'context-update',
	family: 'explicit-state',
	summary: 'A context value that is read, changed and written back',
	*check(context) {
		const inMode = context.mode === 'load-balanced' ? balanced : spare;
		for (const node of context.contexts().users) {
			const updates = context.contexts().updatesOf(node);
			if (updates.length === 0 || !context.reachedAgain().has(node.id)) continue;
			const lost = changesOfCopies(node, updates, context);
			if (lost.length > 0) {
				yield {
					node,
					severity: 'warning',
					confidence: 'medium',
					message: `It changes the inside of ${describeUses(lost)}. What is read from the shared store is a copy: the change is lost unless it is set again.`,
					remediation: 'Set the value after the change, or keep it in a context store in memory and bear its loss at a takeover.',
					related: context.sourceOf(node),
				};
			}
			const consequence = (inMode as Partial<typeof balanced>)[worstReach(updates, context.reachOfStore)];
			if (!consequence) continue;
			yield {
				node,
				severity: consequence.severity,
				confidence: confidenceOf(updates, context.reachOfStore),
				message: `It reads and writes back ${describeUses(updates)}. ${consequence.what}`,
				remediation:
					context.mode === 'load-balanced'
						? 'Let a database or another service that all instances share do the counting, or run this flow in hot-spare mode.'
						: 'Keep the value in a context store that all instances share, or make sure that the flow bears beginning anew.',
				related: context.sourceOf(node),
			};
		}
	},
};

/** Changes inside of what was read, where the node does not set it afterwards. */
function changesOfCopies(node: FlowNode, updates: ContextUse[], context: RuleContext): ContextUse[] {
	const sets = context
		.contexts()
		.usesOf(node)
		.filter((use) => use.kind !== 'read' && !use.inPlace);
	const isSet = (change: ContextUse) =>
		sets.some(
			({ scope, store, key }) =>
				scope === change.scope && store === change.store && (key === null || change.key === null || rootOf(key) === rootOf(change.key)),
		);
	return updates.filter((use) => use.inPlace && context.handsOutCopies(use.store) && !isSet(use));
}
