import { instanceOf } from '../lib/lease/holder.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';

/**
 * Frees what a runner of before held, where that is proved dead: a container is started again when it has ended, and with that all of its
 * processes. Nobody else's leases are touched, be they silent for ever so long.
 * @param place the uid of the pod, or the id of the container, which begins the incarnation of each of its runners: one that only has the
 * same name may live on somewhere
 * @returns the seats
 */
export async function freeOfTheDead(leases: LeaseStore, instance: string, place: string): Promise<string[]> {
	const held = (await leases.list()).filter(({ holder }) => instanceOf(holder) === instance && holder.includes(`@${place}.`));
	for (const { seat, holder, token } of held) await leases.release(seat, holder, token);
	return held.map(({ seat }) => seat);
}
