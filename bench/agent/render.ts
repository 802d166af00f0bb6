import { renderTable } from '../corpus/render.ts';
import { type Spread, spreadOf } from '../speed/statistics.ts';
import type { Throughput } from './measure.ts';

/** Two measurements that are compared with each other: taken one after the other. */
export interface Pair {
	without: Throughput;
	with: Throughput;
}

/** What `npm run bench:agent -- --json` prints. A ratio of 1 would be an agent that costs nothing. */
export interface AgentCost {
	/** Function nodes in the ring. */
	nodes: number;
	/** Two Node-REDs, one without the agent, one with it. */
	processes: Comparison;
	/** One Node-RED: its windows with the agent's hooks, and those with them taken off. */
	hooks: Comparison;
	/** One Node-RED: its windows with a lease, and those without one, where the hooks look at nothing before a message. */
	lease: Comparison;
	/** Of the throughput, by `hooks` and processor time: 100 × (1 − the median ratio). */
	costPercent: number;
	/** The part of it that looking at the lease makes up, by `lease`. */
	leasePercent: number;
}

export interface Comparison {
	pairs: number;
	/** Messages that a node got in a second: medians. */
	perSecond: { without: number; with: number };
	/** By the wall clock. */
	ratio: Spread;
	/** By the processes' own processor time. */
	cpuRatio: Spread;
}

export function summarizeCost(nodes: number, pairs: { processes: Pair[]; hooks: Pair[]; lease: Pair[] }): AgentCost {
	const [processes, hooks, lease] = [pairs.processes, pairs.hooks, pairs.lease].map(summarizePairs) as [Comparison, Comparison, Comparison];
	return { nodes, processes, hooks, lease, costPercent: percentOf(hooks), leasePercent: percentOf(lease) };
}

const percentOf = ({ cpuRatio }: Comparison) => Math.round((1 - cpuRatio.median) * 1000) / 10;

/** Windows that alternate, the first with hooks: each with the one after it. */
export function pairWindows(windows: readonly Throughput[]): Pair[] {
	return windows.flatMap((window, index) => {
		const next = windows[index + 1];
		return window.hooked && next && !next.hooked ? [{ with: window, without: next }] : [];
	});
}

export function renderCost({ processes, hooks, lease, costPercent, leasePercent }: AgentCost): string[] {
	const rows = Object.entries({
		'with and without the agent, processes': processes,
		'with and without its hooks, windows of one': hooks,
		'with and without a lease to look at, windows of one': lease,
	});
	return [
		...renderTable([
			['messages a second', '', 'pairs', 'without', 'with', 'ratio', 'ratio by processor time'],
			...rows.map(([what, { pairs, perSecond, ratio, cpuRatio }]) => [
				what,
				'',
				String(pairs),
				perSecond.without.toLocaleString('en'),
				perSecond.with.toLocaleString('en'),
				show(ratio),
				show(cpuRatio),
			]),
		]),
		`The hooks cost ${costPercent} % of the throughput, by processor time; looking at the lease, which they do, costs ${leasePercent} %.`,
	];
}

function summarizePairs(pairs: readonly Pair[]): Comparison {
	const median = (values: number[]) => Math.round(spread(values).median);
	return {
		pairs: pairs.length,
		perSecond: {
			without: median(pairs.map((pair) => pair.without.perSecond)),
			with: median(pairs.map((pair) => pair.with.perSecond)),
		},
		ratio: spread(pairs.map((pair) => pair.with.perSecond / pair.without.perSecond)),
		cpuRatio: spread(pairs.map((pair) => pair.with.perCpuSecond / pair.without.perCpuSecond)),
	};
}

function spread(values: number[]): Spread {
	const { median, min, max } = spreadOf(values) as Spread;
	const round = (number: number) => Math.round(number * 1000) / 1000;
	return { median: round(median), min: round(min), max: round(max) };
}

function show({ median, min, max }: Spread): string {
	return `${median.toFixed(3)} (${min.toFixed(3)}–${max.toFixed(3)})`;
}
