import { renderTable } from '../corpus/render.ts';
import { type Spread, spreadOf } from '../speed/statistics.ts';
import type { Usage } from './contestants.ts';
import type { LoadResult } from './load.ts';

/** One contestant's rounds. */
export interface Contest {
	name: string;
	rounds: LoadResult[];
	/** Of the router's process, after each round, the first of them after the warm-up; none for the direct way. */
	usage: Usage[];
}

/** What `npm run bench:gateway -- --json` prints. */
export interface GatewayResult {
	rate: number;
	seconds: number;
	rounds: number;
	contestants: {
		name: string;
		perSecond: Spread;
		p50Ms: Spread;
		p99Ms: Spread;
		answered: number;
		failed: number;
		skipped: number;
		/** Of the router's processor time. */
		cpuMsPerRequest: number | null;
		memoryMB: { start: number; end: number; max: number } | null;
	}[];
}

export function summarize(contests: readonly Contest[], { rate, seconds }: { rate: number; seconds: number }): GatewayResult {
	return {
		rate,
		seconds,
		rounds: contests[0]?.rounds.length ?? 0,
		contestants: contests.map(({ name, rounds, usage }) => ({
			name,
			perSecond: spread(rounds.map((round) => round.perSecond)),
			p50Ms: spread(rounds.map((round) => round.p50)),
			p99Ms: spread(rounds.map((round) => round.p99)),
			answered: sum(rounds.map((round) => round.answered)),
			failed: sum(rounds.map((round) => round.failed)),
			skipped: sum(rounds.map((round) => round.skipped)),
			cpuMsPerRequest: cpuOf(usage, sum(rounds.map((round) => round.answered))),
			memoryMB: memoryOf(usage),
		})),
	};
}

export function renderResult({ contestants }: GatewayResult): string[] {
	const rows = contestants.map(({ name, perSecond, p50Ms, p99Ms, answered, failed, cpuMsPerRequest, memoryMB }) => [
		name,
		'',
		show(perSecond, 0),
		show(p50Ms, 1),
		show(p99Ms, 1),
		`${answered}`,
		`${failed}`,
		cpuMsPerRequest === null ? '' : `${cpuMsPerRequest} ms`,
		memoryMB ? `${memoryMB.start} → ${memoryMB.end} MB` : '',
	]);
	return renderTable([
		['way', '', 'answers a second', 'median, ms', '99 of 100, ms', 'answered', 'failed', 'processor a request', 'memory'],
		...rows,
	]);
}

function cpuOf(usage: readonly Usage[], requests: number): number | null {
	if (usage.length < 2) return null;
	return Math.round(((usage.at(-1)!.cpuMs - usage[0]!.cpuMs) / requests) * 1000) / 1000;
}

function memoryOf(usage: readonly Usage[]): { start: number; end: number; max: number } | null {
	const known = usage.map(({ memoryMB }) => Math.round(memoryMB));
	return known.length === 0 ? null : { start: known[0]!, end: known.at(-1)!, max: Math.max(...known) };
}

function spread(values: readonly number[]): Spread {
	const { median, min, max } = spreadOf(values)!;
	const tenths = (value: number) => Math.round(value * 10) / 10;
	return { median: tenths(median), min: tenths(min), max: tenths(max) };
}

function show({ median, min, max }: Spread, digits: number): string {
	return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
