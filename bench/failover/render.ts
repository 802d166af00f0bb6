import { renderTable } from '../corpus/render.ts';
import type { DrillSummary, FailoverResult, RestartSummary } from './summary.ts';

export function renderResult({ target, drills, takeoverWithoutSpareMs, plainRestartMs, failed }: FailoverResult): string[] {
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
		`target ${target}; times: median (most)`,
		'',
		...renderTable([head, ...drills.map(cellsOf)]),
		...restartLines('without a spare', takeoverWithoutSpareMs),
		...restartLines('without flowferry, started again by the place', plainRestartMs),
		...drills.flatMap(({ kind, session, missedAims }) => missedAims.map((aim) => `! ${kind}, ${session}: ${aim}`)),
		...failed.map(({ kind, session, error }) => `! ${kind}, ${session} could not be measured: ${error}`),
	];
}

function restartLines(what: string, restart: RestartSummary | null): string[] {
	if (restart === null) return [];
	const { median, max, lost, duplicated, runs } = restart;
	return ['', `${what}, after a crash: ${median} (${max}) ms to the first message, ${lost} lost, ${duplicated} doubled, ${runs} runs`];
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
