import { subflowOf } from '../flows/activity.ts';
import type { FunctionCode } from '../flows/function-code.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';
import { toNumber } from '../flows/scalar.ts';
import type { Lookup } from './catalogue/index.ts';
import { type Emission, hasSetting } from './catalogue/knowledge.ts';

/** Why a node emits by itself: `start` fires when the flows start and then no more; `unknown` is a guess by the node's wiring. */
export type SourceKind = Exclude<Emission, 'internal'> | 'start' | 'unknown';

/** The kind of source that a running node is; null for nodes that only answer, and for injects that wait for a click. */
export function sourceKindOf(
	node: FlowNode,
	codeOf: (node: FlowNode) => FunctionCode,
	hasInput: (id: string) => boolean,
	lookUp: Lookup,
): SourceKind | null {
	if (node.type === 'inject') return repeats(node) ? 'schedule' : node.once === true ? 'start' : null;
	if (node.type === 'function') return kindOfStart(codeOf(node));
	const knowledge = lookUp(node.type);
	if (knowledge) {
		const { emits, emitsWhen } = knowledge;
		if (emits === undefined || emits === 'internal') return null;
		return !emitsWhen || hasSetting(node, emitsWhen) ? emits : null;
	}
	return subflowOf(node) === null && !hasInput(node.id) ? 'unknown' : null;
}

/** What On Start sets going: a timer that fires again and again, or a message. */
function kindOfStart(code: FunctionCode): SourceKind | null {
	const timers = code.timers.filter((timer) => timer.script === 'initialize');
	if (timers.some((timer) => timer.kind === 'interval')) return 'schedule';
	return timers.length > 0 || code.sendsAtStart ? 'start' : null;
}

/** An inject that fires again and again, at intervals or by a timetable (core/common/20-inject.js). */
export function repeats(inject: FlowNode): boolean {
	return isInterval(inject) || (typeof inject.crontab === 'string' && inject.crontab.trim() !== '');
}

export function isInterval(inject: FlowNode): boolean {
	return toNumber(inject.repeat) > 0;
}

/** Ids of nodes that something can send to. */
export function findReceivers(graph: FlowGraph): ReadonlySet<string> {
	const receivers = new Set<string>();
	for (const targets of graph.edges.targets.values()) for (const target of targets) receivers.add(target);
	return receivers;
}
