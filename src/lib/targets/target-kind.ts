/** Where instances can run. */
export const targetKinds = ['process', 'docker', 'kubernetes'] as const;
export type TargetKind = (typeof targetKinds)[number];
