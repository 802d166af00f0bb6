import type { CutoverReport } from './context.ts';

/** What a promotion that came through lost, or may have lost, and what else should be looked at. */
export function warningsOf({ stuckSources, drained, left, unansweredRequests, problems, remarks }: CutoverReport): string[] {
	const called = ({ type, name, id }: { type: string; name: string; id: string }) => `${type} '${name || id}'`;
	return [
		...remarks,
		...stuckSources.map((node) => `${called(node)} did not close in time; it may have emitted during the drain`),
		...left.map(
			(node) => `${node.messages} message(s) were still in ${called(node)} at the drain's deadline and were lost with the old release`,
		),
		...(!drained && left.length === 0 && unansweredRequests === 0
			? ["messages were still moving at the drain's deadline: some may have been lost with the old release"]
			: []),
		...(unansweredRequests > 0 ? [`${unansweredRequests} request(s) were not answered by the drain's deadline`] : []),
		...problems.map(({ node, message }) => `the new release logged an error${node ? ` in ${called(node)}` : ''}: ${message}`),
	];
}
