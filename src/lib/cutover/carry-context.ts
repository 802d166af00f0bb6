import type { EnvironmentConfig } from '../config/schema.ts';
import type { Mode } from '../flows/mode.ts';
import type { ContextLeft, Instance } from '../targets/instance.ts';

/** What became of the context that the old instances kept in memory. Names and sizes; no value is in here. */
export interface ContextReport {
	/** Keys that were carried over. */
	carried: number;
	bytes: number;
	/** Keys that were not, and why. */
	left: ContextLeft[];
	/** How many keys the configuration leaves out (`context.except`). */
	excepted: number;
	/** Context stores that keep their contents themselves: nothing of theirs is carried. */
	stores: { name: string; module: string }[];
}

/** From one instance to its counterpart; null where it has none. */
export interface ContextPair {
	from: Instance;
	to: Instance | null;
}

/**
 * Each old active instance with the one that goes on with its work: in hot-spare mode the one that is to be active, in
 * load-balanced mode that of the same number.
 */
export function pairInstances(old: readonly Instance[], next: readonly Instance[], mode: Mode): ContextPair[] {
	if (mode === 'hot-spare') return old.map((from) => ({ from, to: next[0] ?? null }));
	return old.map((from) => ({ from, to: next.find((to) => areCounterparts(from, to)) ?? null }));
}

/**
 * Carries the context that Node-RED keeps in memory from one instance to the next. The old flows no longer take anything
 * (they are drained, or stopped); the new ones have not started, or run behind a gate: then what the new flows have set
 * themselves stays, unless the old ones have set it, too.
 * @throws where an instance does not answer in time
 */
export async function carryContext(
	pairs: readonly ContextPair[],
	{ except, maxBytes }: Pick<EnvironmentConfig['context'], 'carry' | 'except' | 'maxBytes'>,
	timeoutMs: number,
): Promise<ContextReport> {
	const reports = await Promise.all(
		pairs.map(async ({ from, to }): Promise<ContextReport> => {
			if (!to) return { ...nothing(), left: [{ scope: 'all', key: '*', why: `${from.name} has no counterpart that could go on` }] };
			const exported = await from.exportContext({ except, maxBytes, timeoutMs }).catch(async (error) => {
				if (await from.status()) throw error;
				return null;
			});
			if (!exported)
				return { ...nothing(), left: [{ scope: 'all', key: '*', why: `the runner of ${from.name} has ended, and with it what it had` }] };
			const { values, left, excepted, stores } = exported;
			const imported = values === '' ? nothing() : await to.importContext(values, timeoutMs);
			return { carried: imported.carried, bytes: imported.bytes, left: [...left, ...imported.left], excepted, stores };
		}),
	);
	return reports.reduce(add, nothing());
}

/** Of several that carried each its own; null where none did. */
export function sumOf(reports: readonly (ContextReport | null)[]): ContextReport | null {
	return reports.reduce((sum, report) => (sum && report ? add(sum, report) : (sum ?? report)), null);
}

function nothing(): ContextReport {
	return { carried: 0, bytes: 0, left: [], excepted: 0, stores: [] };
}

function add(one: ContextReport, other: ContextReport): ContextReport {
	const known = new Set(one.stores.map(({ name }) => name));
	return {
		carried: one.carried + other.carried,
		bytes: one.bytes + other.bytes,
		left: [...one.left, ...other.left],
		excepted: one.excepted + other.excepted,
		stores: [...one.stores, ...other.stores.filter(({ name }) => !known.has(name))],
	};
}

/** In load-balanced mode, `blue/1` and `green/1`: the second of each slot. */
export function areCounterparts(one: Pick<Instance, 'name'>, other: Pick<Instance, 'name'>): boolean {
	return one.name.split('/')[1] === other.name.split('/')[1];
}
