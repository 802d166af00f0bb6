import type { PlaceName } from '../place/places.ts';
import { spreadOf } from '../speed/statistics.ts';
import { missedAims } from './aims.ts';
import type { Comparison, Measured } from './measure.ts';
import type { Scenario } from './scenarios.ts';

interface MedianAndMax {
	median: number;
	max: number;
}

/** One way's cutovers in one scenario. */
export interface WaySummary {
	/** Messages, over all cutovers. */
	lost: number;
	duplicated: number;
	/** At the flows' output, around each cutover. */
	longestSilenceMs: MedianAndMax;
	/** As the way itself tells it: from the old flows' sources closed to the new flows' start. */
	gapMs: MedianAndMax;
	/** Over all cutovers; failed: no answer within 5 s, or another than 200. */
	http: { requests: number; failed: number; slowestMs: number };
	/** The longest that the meter itself stood still; not counted as silence. */
	meterStallMs: number;
	/** Medians. */
	stepsMs: Record<string, number>;
}

export interface ScenarioSummary extends WaySummary {
	name: string;
	/** Messages a second that were really published; the median. */
	rate: number;
	plain: WaySummary;
	/** What did not turn out as it should, a sentence each. */
	missedAims: string[];
}

/** What `npm run bench:cutover -- --json` prints. */
export interface CutoverResult {
	/** Where. */
	target: PlaceName;
	/** Cutovers in each scenario, each way. */
	runs: number;
	scenarios: ScenarioSummary[];
	/** Scenarios that could not be measured. */
	failed: { name: string; error: string }[];
}

export function summarizeScenario(scenario: Scenario, comparison: Comparison): ScenarioSummary {
	const { flowferry, plain } = comparison;
	return {
		name: scenario.name,
		rate: medianAndMax(flowferry.map(({ rate }) => rate)).median,
		...summarizeWay(flowferry),
		plain: summarizeWay(plain),
		missedAims: missedAims(scenario, comparison),
	};
}

function summarizeWay(cutovers: readonly Measured[]): WaySummary {
	const total = (count: (measured: Measured) => number) => cutovers.reduce((sum, measured) => sum + count(measured), 0);
	const most = (count: (measured: Measured) => number) => Math.max(...cutovers.map(count));
	const steps = cutovers[0]?.steps.map(({ step }) => step) ?? [];
	return {
		lost: total(({ mqtt }) => mqtt.lost),
		duplicated: total(({ mqtt }) => mqtt.duplicated),
		longestSilenceMs: medianAndMax(cutovers.map(({ mqtt }) => mqtt.longestSilenceMs)),
		gapMs: medianAndMax(cutovers.map(({ gapMs }) => gapMs)),
		http: {
			requests: total(({ http }) => http.requests),
			failed: total(({ http }) => http.failed),
			slowestMs: most(({ http }) => http.slowestMs),
		},
		meterStallMs: most(({ stallMs }) => stallMs),
		stepsMs: Object.fromEntries(steps.map((name) => [name, medianAndMax(durationsOf(cutovers, name)).median])),
	};
}

function durationsOf(cutovers: readonly Measured[], name: string): number[] {
	return cutovers.flatMap(({ steps }) => steps.filter(({ step }) => step === name).map(({ durationMs }) => durationMs));
}

/** @throws where there is nothing to measure */
export function medianAndMax(values: readonly number[]): MedianAndMax {
	const spread = spreadOf(values);
	if (spread === null) throw new Error('nothing was measured');
	return { median: spread.median, max: spread.max };
}
