import { FlowferryError } from '../errors/flowferry-error.ts';
import { type Snapshot, shortId } from '../snapshot/snapshot.ts';
import type { Progress } from './target.ts';

/** Where the image that pods run comes from. */
export interface PodImages {
	/** What `ensure` would have to install for a snapshot, as `name@version`. */
	installs(snapshot: Snapshot): Promise<string[]>;
	/** @returns the image's name, as nodes pull it */
	ensure(snapshot: Snapshot, progress: Progress): Promise<string>;
}

/** How much of a snapshot's id `{snapshot}` stands for. */
const DIGITS = 12;

/** @param name `kubernetes.image`, or what `--image` says */
export function imageNameFor(name: string, snapshot: Pick<Snapshot, 'id'>): string {
	return name.replaceAll('{snapshot}', snapshot.id.slice(0, DIGITS));
}

/** Images that were built elsewhere: whether one fits its snapshot shows when the pod validates the flows. */
export function namedImages(name: string | undefined, environment: string): PodImages {
	return {
		installs: async () => [],
		ensure: async (snapshot) => {
			if (name !== undefined) return imageNameFor(name, snapshot);
			throw new FlowferryError({
				code: 'IMAGE_MISSING',
				message: `nothing says which image the pods of ${environment} run`,
				hint: `build one where nodes can pull it (flowferry image build --snapshot ${shortId(snapshot.id)} --tag registry.example/plant:${shortId(snapshot.id)}, docker push), and name it: --image, or environments.${environment}.kubernetes.image`,
			});
		},
	};
}
