/** How many instances of a release run its flows: one with spares at hand, or all of them behind the router. */
export const modes = ['hot-spare', 'load-balanced'] as const;
export type Mode = (typeof modes)[number];
