import type { ContextUse } from '../../flows/context-use.ts';
import type { FlowNode } from '../../flows/node.ts';
import { reachFrom } from '../../flows/reach.ts';
import { describeUses, worstReach } from '../context-words.ts';
import type { Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const httpAnswerFromMemory: Rule = {
	id: 'http-answer-from-memory',
	family: 'explicit-state',
	summary: 'An HTTP answer made of context that other messages have written',
	*check(context) {
		const requests = context.ofType('http in');
		const answers = context.ofType('http response');
		if (requests.length === 0 || answers.length === 0) return;
		const asked = reachFrom(context.graph, requests);
		const answerOf = context.leadsTo(answers);
		const balanced = context.mode === 'load-balanced';
		for (const node of context.contexts().users) {
			const request = context.graph.byId.get(asked.get(node.id) ?? '');
			if (!request || !answerOf(node)) continue;
			const reads = readsOf(node, request, context);
			if (reads.length === 0) continue;
			const reach = worstReach(reads, context.reachOfStore);
			if (reach === 'shared') continue;
			yield {
				node,
				severity: balanced ? (reach === 'unknown' ? 'warning' : 'error') : 'info',
				confidence: reach === 'unknown' ? 'low' : 'medium',
				message: `It answers ${nameOf(request)} with ${describeUses(reads)}. ${
					balanced
						? 'The same question gets another answer from each instance, depending on what that instance has seen.'
						: 'After a takeover it answers with nothing, or with a former value, until the value is written again.'
				}`,
				remediation: balanced
					? 'Answer from a database or a context store that all instances share, or run this flow in hot-spare mode.'
					: 'Keep the value in a context store that all instances share, or answer 503 as long as there is none.',
				related: [{ node: request, why: 'the request that it answers' }],
			};
		}
	},
};

/** Values that something writes which is not on the way of the same request. */
function readsOf(node: FlowNode, request: FlowNode, context: RuleContext): ContextUse[] {
	const contexts = context.contexts();
	return contexts.usesOf(node).filter((use) => {
		if (use.kind !== 'read' || use.atStart || use.scope === 'node') return false;
		return contexts
			.writersOf(node, use)
			.some((writer) => !writer.use.atStart && writer.use.key !== null && isWrittenElsewhere(writer.node, request, context));
	});
}

function isWrittenElsewhere(writer: FlowNode, request: FlowNode, context: RuleContext): boolean {
	const source = context.reachedAgain().get(writer.id);
	return source !== undefined && source !== request.id && contextIsShared(writer, context);
}

function contextIsShared(writer: FlowNode, context: RuleContext): boolean {
	const contexts = context.contexts();
	return contexts.sharedWritesOf(writer).length + contexts.updatesOf(writer).length > 0;
}

function nameOf(request: FlowNode): string {
	return typeof request.url === 'string' && request.url !== ''
		? `${String(request.method ?? 'get').toUpperCase()} ${request.url}`
		: 'requests';
}
