import { renderTable } from '../corpus/render.ts';
import type { DrillSummary, FailoverResult } from './summary.ts';

export function renderResult({ drills, takeoverWithoutSpareMs, failed }: FailoverResult): string[] {
	const head = [
		'fault',
		'session, spare',
		'runs',
		'detected',
		'first message',
		'by a spare',
		'lost',
		'doubled',
		'most in a run',
		'double active',
	];
	return [
		'times: median (most)',
		'',
		...renderTable([head, ...drills.map(cellsOf)]),
		...(takeoverWithoutSpareMs
			? [
					'',
					`without a spare, after a crash: ${takeoverWithoutSpareMs.median} (${takeoverWithoutSpareMs.max}) ms to the first message, ${takeoverWithoutSpareMs.lost} lost, ${takeoverWithoutSpareMs.duplicated} doubled, ${takeoverWithoutSpareMs.runs} runs`,
				]
			: []),
		...drills.flatMap(({ kind, session, missedAims }) => missedAims.map((aim) => `! ${kind}, ${session}: ${aim}`)),
		...failed.map(({ kind, session, error }) => `! ${kind}, ${session} could not be measured: ${error}`),
	];
}

function cellsOf({
	kind,
	session,
	spare,
	runs,
	detectMs,
	serveMs,
	bySpare,
	lost,
	duplicated,
	mostDuplicated,
	doubleActiveMs,
}: DrillSummary): string[] {
	return [
		kind,
		`${session}, ${spare}`,
		String(runs),
		`${detectMs.median} (${detectMs.max}) ms`,
		`${serveMs.median} (${serveMs.max}) ms`,
		String(bySpare),
		String(lost),
		String(duplicated),
		String(mostDuplicated),
		`${doubleActiveMs} ms`,
	];
}
