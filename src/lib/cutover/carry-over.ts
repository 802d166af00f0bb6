import type { Instance } from '../targets/instance.ts';
import type { ContextReport } from './carry-context.ts';
import { carryContext, pairInstances } from './carry-context.ts';
import type { CutoverContext } from './context.ts';
import type { KnownInstance } from './slot-instances.ts';
import { toActivate } from './slot-instances.ts';

/**
 * Carries the context in memory from instances that run their flows, or ran them, to those that are to go on.
 * @returns null where the configuration wants it to begin anew
 */
export async function carryOver(
	{ environment }: CutoverContext,
	old: KnownInstance[],
	next: KnownInstance[],
): Promise<ContextReport | null> {
	const { context, mode, timeouts } = environment;
	if (!context.carry) return null;
	const standing = toActivate(next, mode);
	// One whose Node-RED is just being started again is waited for.
	const successors = instancesOf(standing.length > 0 ? standing : next);
	return await carryContext(pairInstances(instancesOf(old), successors, mode), context, timeouts.contextMs);
}

/**
 * What the new flows, which have stopped, made of it goes back. Where that fails, the old ones go on with what they had:
 * they must run again.
 * @returns null where nothing was carried
 */
export async function carryBack(context: CutoverContext, next: KnownInstance[], old: KnownInstance[]): Promise<ContextReport | null> {
	if (next.length === 0) return null;
	try {
		return await carryOver(context, next, old);
	} catch (error) {
		context.progress(`the context was not carried back: ${(error as Error).message}`);
		return null;
	}
}

function instancesOf(known: KnownInstance[]): Instance[] {
	return known.map(({ instance }) => instance);
}
