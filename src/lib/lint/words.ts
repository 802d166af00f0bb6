import { countCopies } from '../flows/graph.ts';
import type { FlowNode } from '../flows/node.ts';
import type { RelatedJudgement } from './related.ts';
import type { Judgement } from './rule.ts';
import type { RuleContext } from './rule-context.ts';

/** `"a", "b" and 3 more`: enough to find them without flooding a line. */
export function listNames(names: readonly string[]): string {
	const unique = [...new Set(names)];
	const shown = unique.slice(0, 3);
	const rest = unique.length - shown.length;
	if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
	return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** What stands in a subflow runs once for each of its instances. */
export function copiesNote(context: RuleContext, node: FlowNode): string {
	const copies = countCopies(context.graph, node);
	return copies > 1 ? ` It stands in a subflow that runs ${copies} times, so that this multiplies.` : '';
}

/** What a node changes outside, as a related node; empty where nothing was found. */
export function effectBehind(context: RuleContext, node: FlowNode): RelatedJudgement[] {
	const effect = context.effectOf(node);
	return effect && effect !== node ? [{ node: effect, why: 'what happens once for each instance' }] : [];
}

/** Nothing outside is done behind it, but something is kept or shown, by each instance for itself. */
export function isKeptOnly(context: RuleContext, node: FlowNode): boolean {
	return !context.effectOf(node) && context.traceOf(node) !== undefined;
}

/** A source that the primary alone fires, though what it is for belongs to each instance. */
export function onPrimaryAlone(context: RuleContext, node: FlowNode): Judgement {
	const trace = context.traceOf(node);
	return {
		node,
		severity: 'warning',
		confidence: 'medium',
		message:
			'The primary alone fires it, but it only keeps or shows something: the other instances do not get that, unless it is in a store that all share.',
		remediation: 'Where every instance is to have it, name the node under `primary.except` of the environment.',
		related: trace && trace !== node ? [{ node: trace, why: 'what happens on the primary alone' }] : [],
	};
}
