import type { SlotName } from '../promotion/journal.ts';

/** Of a slot, where the configuration does not say. */
export const defaultInstances = 2;

/** Where an instance serves its figures: blue's come first. @param base `instanceMetricsPort` @param instances in each slot */
export function metricsPortOf(base: number, instances: number, slot: SlotName, index: number): number {
	return base + (slot === 'blue' ? 0 : instances) + index;
}

/** Why the ports from `base` on cannot be had; null where they can. @param others by key: ports that are taken already */
export function metricsPortsFault(base: number, instances: number, others: Record<string, number | undefined>): string | null {
	const last = metricsPortOf(base, instances, 'green', instances - 1);
	const range = `takes the ports ${base} to ${last}, one for each instance of both slots`;
	if (last > 65535) return `${range}; 65535 is the highest there is`;
	const [taken] = Object.entries(others).find(([, port]) => port !== undefined && port >= base && port <= last) ?? [];
	return taken === undefined ? null : `${range}, but ${taken} is ${others[taken]}`;
}
