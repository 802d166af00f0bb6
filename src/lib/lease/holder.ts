import type { LeaseRefusal } from './lease.ts';

/**
 * Who an instance's runner is to the lease store.
 * @param incarnation differs at each start of a runner, so that a successor is somebody else: its process id; in a container, where that
 * is always the same, something else
 */
export function holderOf(instance: string, incarnation: string): string {
	return `${instance}@${incarnation}`;
}

/** Of which instance a holder is the runner: `blue/0` of `blue/0@4711`. */
export function instanceOf(holder: string): string {
	return holder.split('@', 1)[0] as string;
}

/** Which of its instance's runners a holder is: `4711` of `blue/0@4711`. */
export function incarnationOf(holder: string): string {
	return holder.slice(holder.indexOf('@') + 1);
}

/** Who has the seat; null where it was granted. */
export function whoHas(refusal: Pick<LeaseRefusal, 'heldBy'> | null): string | null {
	return refusal && (refusal.heldBy ?? 'somebody else');
}
