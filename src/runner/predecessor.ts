import { incarnationOf, instanceOf } from '../lib/lease/holder.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';

/**
 * Frees what a runner of before held, where that is proved dead: a container is started again when it has ended, and with that all of its
 * processes. Nobody else's leases are touched, be they silent for ever so long.
 * @param place the uid of the pod, or the id of the container, which begins the incarnation of each of its runners: one that only has the
 * same name may live on somewhere
 * @param hasEnded asked of each incarnation: whether that is so
 * @returns the seats
 */
export async function freeOfTheDead(
	leases: LeaseStore,
	{ instance, place }: { instance: string; place: string },
	hasEnded: (incarnation: string) => Promise<boolean>,
): Promise<string[]> {
	const freed: string[] = [];
	// Each is asked of once: who knows of an end forgets it.
	const ended = new Map<string, boolean>();
	for (const { seat, holder, token } of await leases.list()) {
		const incarnation = incarnationOf(holder);
		if (instanceOf(holder) !== instance || !incarnation.startsWith(`${place}.`)) continue;
		if (!ended.has(incarnation)) ended.set(incarnation, await hasEnded(incarnation));
		if (!ended.get(incarnation)) continue;
		await leases.release(seat, holder, token);
		freed.push(seat);
	}
	return freed;
}
