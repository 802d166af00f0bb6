/** What a command's exit status says, the same in every output format. The table in docs/exit-status.md is generated from this. */
export const ExitStatus = {
	done: 0,
	findings: 1,
	usage: 2,
	internal: 3,
	rolledBack: 4,
	needsOperator: 5,
	declined: 6,
	nothingToDo: 7,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

/** One line for each status, for help texts and docs. */
export const exitStatusMeaning: Record<ExitStatus, string> = {
	0: 'done',
	1: 'findings at or above the threshold',
	2: 'usage, configuration or input: nothing was changed',
	3: 'flowferry itself failed (a crashed rule included)',
	4: 'the cutover failed and was rolled back: the old release serves',
	5: 'an operator is needed',
	6: 'declined, or another promotion holds the lock',
	7: 'nothing to do; only where --exit-code asks for it',
};
