import type { DrillKind, DrillReport, DrillResult } from '../drill/drill.ts';
import { element, escapeXml, XML_HEADER } from '../lint/reporters/xml.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What is done, for the question before it. */
export const drillWording: Record<DrillKind, string> = {
	crash: "kill the active instance's Node-RED, with what is inside it",
	hang: "have the active instance's Node-RED stand still",
	freeze: 'have the active instance and its runner stand still',
	'store-loss': "lock the state for longer than a lease lasts: nothing is active meanwhile, unless failover.storeLost is 'confirm'",
	'cut-off': 'cut the active instance off from everybody else',
	eviction: "delete the active instance's pod, which is made anew",
	'broker-loss': "stop the flows' MQTT broker for a few seconds",
};

/** A table, and below it what is to be said in words. */
export function renderDrills({ environment, drills, serving, reasons }: DrillResult, theme: Theme): string {
	const head = ['drill', 'outcome', 'detected', 'taken over', 'requests', 'messages', 'double active'];
	const rows = [head, ...drills.map(cellsOf)];
	const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
	const lines = rows.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd(),
	);
	return [
		theme.strong(lines[0] ?? ''),
		...lines.slice(1).map((line, index) => dress(drills[index] as DrillReport, theme)(line)),
		'',
		...drills.filter(({ note }) => note !== '').map(({ kind, note }) => `${kind}: ${printable(note)}`),
		serving
			? theme.good(`${environment} serves`)
			: theme.error(`${environment} does not serve as it should: ${printable(reasons.join('; '))}`),
		...(serving ? [] : [`  → flowferry up ${environment} starts what has ended`]),
	].join('\n');
}

function dress({ passed }: DrillReport, theme: Theme): (line: string) => string {
	return passed === null ? theme.dim : passed ? theme.good : theme.error;
}

function cellsOf({ kind, outcome, from, to, detectMs, takeoverMs, requests, messages, doubleActiveMs, passed }: DrillReport): string[] {
	const way = outcome === 'taken over' ? ` (${from} → ${to})` : '';
	return [
		kind,
		`${outcome}${way}`,
		milliseconds(detectMs),
		milliseconds(takeoverMs),
		requests ? `${requests.failed} of ${requests.sent} failed, longest ${requests.longestMs} ms` : '-',
		messages ? `${messages.lost} of ${messages.sent} lost, ${messages.doubled} doubled` : '-',
		passed === null ? '-' : `${doubleActiveMs} ms`,
	];
}

function milliseconds(ms: number | null): string {
	return ms === null ? '-' : `${ms} ms`;
}

/** JUnit XML: a test for each drill. What was not tried is a skipped test; that the environment serves afterwards is a test, too. */
export function renderDrillsAsJUnit({ environment, drills, serving, reasons }: DrillResult): string {
	const cases = drills.map((drill) => {
		const text = `${drill.outcome}${drill.note === '' ? '' : `: ${drill.note}`}`;
		const content =
			drill.passed === null
				? [element('skipped', { message: text })]
				: drill.passed
					? []
					: [element('failure', { message: text }, [escapeXml(text)])];
		return element('testcase', { name: drill.kind, classname: environment, time: (drill.takeoverMs ?? 0) / 1000 }, content);
	});
	const problem = reasons.join('; ');
	cases.push(
		element(
			'testcase',
			{ name: 'it serves afterwards', classname: environment },
			serving ? [] : [element('failure', { message: problem }, [escapeXml(problem)])],
		),
	);
	const failures = drills.filter(({ passed }) => passed === false).length + (serving ? 0 : 1);
	const skipped = drills.filter(({ passed }) => passed === null).length;
	const attributes = { tests: cases.length, failures, errors: 0, skipped };
	const suite = element(
		'testsuite',
		{ name: environment, ...attributes },
		cases.map((each) => `\n${each}`),
	);
	return `${XML_HEADER}${element('testsuites', { name: 'flowferry drill', ...attributes }, [`\n${suite}`])}\n`;
}
