import { Cleanup } from '../../demo/cleanup.ts';
import { openDockerPlace } from './docker-place.ts';
import type { OpenPlace, Place } from './place.ts';
import { openProcessPlace } from './process-place.ts';

/** It asks for the cluster as soon as it is loaded. */
const kubernetes: OpenPlace = async (cleanup) => await (await import('./kubernetes-place.ts')).openKubernetesPlace(cleanup);

/** By the name of their target. */
const places = { process: openProcessPlace, docker: openDockerPlace, kubernetes } satisfies Record<string, OpenPlace>;
export type PlaceName = keyof typeof places;
export const placeNames = Object.keys(places) as PlaceName[];

/** Opens a place for some work, and leaves nothing of it; what cannot be removed is told. */
export async function inPlace(name: PlaceName, work: (place: Place) => Promise<void>): Promise<void> {
	const cleanup = new Cleanup();
	try {
		await work(await places[name](cleanup));
	} finally {
		for (const failure of await cleanup.run()) process.stderr.write(`! ${failure}\n`);
	}
}
