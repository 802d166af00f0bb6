import { renderTable } from '../corpus/render.ts';
import type { CutoverResult, ScenarioSummary, WaySummary } from './summary.ts';

/** Two rows for each scenario: flowferry, and the plain way beside it. */
export function renderResult({ target, runs, scenarios, failed }: CutoverResult): string[] {
	const head = ['scenario', 'way', 'lost', 'doubled', 'longest silence', 'requests', 'failed', 'slowest answer'];
	const rows = scenarios.flatMap((scenario) => [
		[scenario.name, 'flowferry', ...cellsOf(scenario)],
		['', 'plain', ...cellsOf(scenario.plain)],
	]);
	return [
		`target ${target}: ${runs} cutovers a scenario, each way, in turn; longest silence: median (most)`,
		'',
		...renderTable([head, ...rows]),
		...scenarios.flatMap(linesOf),
		...failed.map(({ name, error }) => `! ${name} could not be measured: ${error}`),
	];
}

/** The meter's stalls are taken off the silences: where they are long, these are a lower bound. */
const LONG_STALL_MS = 50;

function linesOf({ name, rate, missedAims, meterStallMs, plain }: ScenarioSummary): string[] {
	const stallMs = Math.max(meterStallMs, plain.meterStallMs);
	const busy = stallMs > LONG_STALL_MS ? [`  ${name}: the machine was busy, the meter stood still for up to ${stallMs} ms`] : [];
	const missed = missedAims.map((aim) => `! ${name}, at ${rate} messages a second: ${aim}`);
	return [...busy, ...missed];
}

function cellsOf({ lost, duplicated, longestSilenceMs, http }: WaySummary): string[] {
	return [
		String(lost),
		String(duplicated),
		`${longestSilenceMs.median} (${longestSilenceMs.max}) ms`,
		String(http.requests),
		String(http.failed),
		`${http.slowestMs} ms`,
	];
}
