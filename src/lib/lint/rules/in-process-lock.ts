import type { ContextUse } from '../../flows/context-use.ts';
import type { FlowNode } from '../../flows/node.ts';
import { describeUses, worstReach } from '../context-words.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const inProcessLock: Rule = {
	id: 'in-process-lock',
	family: 'correctness',
	summary: 'A lock that other instances do not see',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		const locking = new Set(context.knownAs(({ locks }) => locks));
		for (const node of balanced ? locking : []) {
			if (!context.reached().has(node.id)) continue;
			yield {
				node,
				severity: 'error',
				confidence: context.knowledge(node)?.evidence ? 'high' : 'medium',
				message: `It takes ${context.knowledge(node)?.locks}. Each instance has its own, so that what it guards is entered by several instances at once.`,
				remediation:
					'Let the guarded thing do the locking (a database transaction, a file on a server that locks), or run this flow in hot-spare mode.',
			};
		}
		for (const node of context.contexts().users) {
			if (locking.has(node) || !context.reached().has(node.id)) continue;
			const taken = locksTakenBy(node, context);
			if (taken.length === 0) continue;
			const lasting = worstReach(taken, context.reachOfStore) !== 'process';
			if (!balanced && !lasting) continue;
			yield {
				node,
				severity: balanced ? 'error' : 'warning',
				confidence: 'medium',
				message: balanced
					? `It takes ${describeUses(taken)} for a lock. Instances see each other's lock late or never, so that what it guards is entered by several at once.`
					: `It takes ${describeUses(taken)} for a lock, in a store that outlives the process: an instance that dies holding it leaves it taken, and nobody releases it.`,
				remediation: balanced
					? 'Let the guarded thing do the locking (a database transaction), or run this flow in hot-spare mode.'
					: 'Release the lock when the flows start, or keep it in memory.',
			};
		}
	},
};

const lockName =
	/(?:^|[._-])(?:lock(?:ed)?|mutex|semaphore|busy|in_?use|in_?progress|is_?(?:running|busy|locked|processing))$|(?:Lock|Locked|Mutex|Semaphore|Busy|InUse|InProgress)$/;

/** Keys named like a lock that the node tests and sets, or sets to true where another node sets them to false. */
function locksTakenBy(node: FlowNode, context: RuleContext): ContextUse[] {
	const contexts = context.contexts();
	return contexts.usesOf(node).filter((use) => {
		if (use.kind !== 'write' || use.atStart || use.key === null || use.constant !== true || !lockName.test(use.key)) return false;
		return contexts.writersOf(node, use).some((other) => other.use.constant === false);
	});
}
