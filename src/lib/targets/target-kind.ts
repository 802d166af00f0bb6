/** Where instances can run. */
export const targetKinds = ['process', 'docker'] as const;
export type TargetKind = (typeof targetKinds)[number];
