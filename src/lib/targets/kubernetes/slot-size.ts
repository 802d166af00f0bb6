import type { Autoscale } from '../../config/autoscale.ts';

/** How many pods a slot may have. Whatever scales it has its say in between. */
export interface Bounds {
	least: number;
	most: number;
}

/** Pure. @param made for how many the slot was filled: a pod beyond them finds no configuration */
export function boundsOf(autoscale: Autoscale | null, made: number): Bounds {
	return { least: autoscale ? Math.min(autoscale.from, made) : made, most: made };
}

/**
 * How many pods a slot is to have. Pure.
 * @param asked by whoever has a say: what its StatefulSet says now, null where there is none; how many carry the load that it takes over
 */
export function sizeOf({ least, most }: Bounds, ...asked: (number | null)[]): number {
	return Math.min(most, Math.max(least, ...asked.map((count) => count ?? 0)));
}
