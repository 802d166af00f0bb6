/**
 * What is done to the active instance.
 * - `crash`: its Node-RED is killed; `hang`: a function of its flows loops for ever
 * - `freeze`: its runner and its Node-RED are stopped (SIGSTOP), and go on once somebody else handles messages
 * - `store-loss`: nobody can write into the state database for longer than a lease lasts
 */
export const kinds = ['crash', 'hang', 'freeze', 'store-loss'] as const;
export type Kind = (typeof kinds)[number];

/** The flows' subscription, and the spare that fits it. */
export type Session =
	| 'persistent' // a fixed client id and a session that the broker keeps; the spare is warm
	| 'ordinary' // a clean session; the spare is hot
	| 'persistent-without-spare' // one instance, which is started again
	| 'plain'; // the same flows without flowferry, where the place starts what has ended again
export type FlowferrySession = Exclude<Session, 'plain'>;

/** Of each kind of session, with which faults it is measured. */
export const drilled: readonly FlowferrySession[] = ['persistent', 'ordinary'];
