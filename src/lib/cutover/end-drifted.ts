import type { Side } from '../promotion/journal.ts';
import type { Target } from '../targets/target.ts';
import { sideInstances } from './sides.ts';
import { knownInstances } from './slot-instances.ts';

/** Ends those of a side that stand by with flows that somebody changed in place: whoever starts them again gets the release's. */
export async function endDrifted(target: Pick<Target, 'instances' | 'kill'>, side: Side): Promise<void> {
	for (const { instance, status } of await knownInstances(await sideInstances(target, side))) {
		if (status.drifted && status.lease === null) await target.kill(instance.name);
	}
}
