import type { InstanceState } from '../targets/instance.ts';

/** Whether an instance of the serving slot could take over at once: as a warm spare, or as a hot one. */
export function standsBy({ state }: { state: InstanceState }): boolean {
	return state === 'standby' || state === 'gated';
}

/** Who in a slot could take over at once. */
export function sparesOf({ instances }: { instances: { name: string; status: { state: InstanceState } | null }[] }): string[] {
	return instances.flatMap(({ name, status }) => (status && standsBy(status) ? [name] : []));
}
