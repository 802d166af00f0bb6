import { instanceOf } from '../lib/lease/holder.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';

/**
 * Frees what a runner of before held, where that is proved dead: a pod's container is started again when the one before has ended, and with
 * that all of its processes. Nobody else's leases are touched, be they silent for ever so long.
 * @param pod its uid, which begins the incarnation of each of its runners: a pod that only has the same name may live on somewhere
 * @returns the seats
 */
export async function freeOfTheDead(leases: LeaseStore, instance: string, pod: string): Promise<string[]> {
	const held = (await leases.list()).filter(({ holder }) => instanceOf(holder) === instance && holder.includes(`@${pod}.`));
	for (const { seat, holder, token } of held) await leases.release(seat, holder, token);
	return held.map(({ seat }) => seat);
}
