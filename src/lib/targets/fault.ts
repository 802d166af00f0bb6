import { FlowferryError } from '../errors/flowferry-error.ts';

/**
 * What a drill does to an instance.
 * - `crash`: its Node-RED ends without a warning; `hang`: its Node-RED stands still, and its runner does not
 * - `freeze`: both stand still, as on a machine that is paused
 * - `store-loss`: nobody can write into the store of leases
 * - `cut-off`: it runs, and reaches neither the store nor anybody else
 * - `eviction`: it is told to end, and made anew, as the pods of a node that is drained are
 */
export const faults = ['crash', 'hang', 'freeze', 'store-loss', 'cut-off', 'eviction'] as const;
export type Fault = (typeof faults)[number];

/** A fault that was brought about. */
export interface Injection {
	/** When, on the clock of `RoleChange.atMs`. */
	atMs: number;
	/**
	 * Takes it back as far as that can be: what has ended stays ended. Idempotent; also done where this process is killed before, but for
	 * what is an object of a cluster: that is taken back by the next `up`.
	 */
	undo(): Promise<void>;
}

/** @param name the instance, `blue/0` */
export function faultImpossible(fault: Fault, name: string, because: string): FlowferryError {
	return new FlowferryError({ code: 'FAULT_IMPOSSIBLE', message: `${fault} is not possible for ${name}: ${because}` });
}
