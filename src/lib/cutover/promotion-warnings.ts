import type { DrainReport } from '../targets/instance.ts';
import type { ContextReport } from './carry-context.ts';
import type { CutoverReport } from './context.ts';

/** Of many context keys, so many are named. */
const NAMED_KEYS = 10;

/**
 * What a cutover cost beyond its time, and what somebody should look at; for people.
 * @param names how the two sides are called
 */
export function warningsOf(report: CutoverReport, { old, next }: { old: string; next: string }): string[] {
	const { remarks, stuckSources, drained, left, unknownFields, unansweredRequests, problems, context } = report;
	return [
		...remarks,
		...(unknownFields.length > 0
			? [
					`the old Node-RED is of a version that is not known (it has no ${unknownFields.join(', ')}): it was stopped as it was, without closing its sources or draining it, and what was inside was lost uncounted`,
				]
			: []),
		...stuckSources.map((node) => `${called(node)} did not close in time; it may have emitted during the drain`),
		...left.map((node) => explainLeft(node, old)),
		...(!drained && left.length === 0 && unansweredRequests === 0 && unknownFields.length === 0
			? [`messages were still moving at the drain's deadline: some may have been lost with ${old}`]
			: []),
		...(unansweredRequests > 0 ? [`${unansweredRequests} request(s) were not answered by the drain's deadline`] : []),
		...(context ? contextWarnings(context) : []),
		...problems.map(({ node, message }) => `${next} logged an error${node ? ` in ${called(node)}` : ''}: ${message}`),
	];
}

/** Names and sizes, never values. */
export function contextWarnings({ left, stores }: ContextReport): string[] {
	const more = left.length - NAMED_KEYS;
	return [
		...left.slice(0, NAMED_KEYS).map(({ scope, key, why }) => `context ${scope}.${key} was not carried over: ${why}`),
		...(more > 0 ? [`${more} more context keys were not carried over; --json lists them`] : []),
		...stores.map(
			({ name, module }) => `the context store '${name}' (${module}) keeps its contents itself: nothing of it was carried over`,
		),
	];
}

function explainLeft(node: DrainReport['left'][number], old: string): string {
	const lost = `${node.messages} message(s) were still in ${called(node)} at the drain's deadline and were lost with ${old}`;
	switch (node.kind) {
		case 'outstanding by design':
			return `${lost}: by design, it kept them until ${node.until}`;
		case 'never completes':
			return `${lost}, or only never reported: it has not completed any message since its start`;
		case 'still receiving':
			return `messages still went through ${called(node)} at the drain's deadline: some may have been lost with ${old}`;
		case 'in work':
			return lost;
	}
}

function called({ type, name, id }: { type: string; name: string; id: string }): string {
	return `${type} '${name || id}'`;
}
