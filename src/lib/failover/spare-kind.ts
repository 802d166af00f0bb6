/**
 * `warm`: everything is loaded, and the flows stand stopped; `hot`: they run behind a closed gate, connected and subscribed, and hold
 * what the active one has not handled yet.
 */
export const spareKinds = ['warm', 'hot'] as const;
export type SpareKind = (typeof spareKinds)[number];
