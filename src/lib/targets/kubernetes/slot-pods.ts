import type { SlotName } from '../../promotion/journal.ts';
import { failuresOf } from '../failures.ts';
import { startingOf, stoppedOf } from '../instance.ts';
import type { Progress } from '../target.ts';
import { ordinals } from './objects/place.ts';
import type { PodInstances } from './pod-instances.ts';
import type { PodLogs } from './pod-logs.ts';
import type { Pods } from './pods.ts';
import type { SlotContents } from './slot-contents.ts';
import type { SlotFile } from './slot-file.ts';
import type { SlotSizes } from './slot-sizes.ts';
import type { StatefulSets } from './stateful-sets.ts';

export interface SlotPodsParts {
	contents: Pick<SlotContents, 'makePods'>;
	sets: Pick<StatefulSets, 'replicas' | 'untilObserved' | 'untilStanding' | 'empty'>;
	sizes: Pick<SlotSizes, 'toStart'>;
	pods: Pick<Pods, 'list'>;
	instances: Pick<PodInstances, 'statuses'>;
	logs: Pick<PodLogs, 'keep'>;
	/** Has the objects be there that outlive releases. */
	ensureLasting(): Promise<void>;
}

/** How the pods of filled slots come to stand by. */
export class SlotPods {
	readonly #parts: SlotPodsParts;

	constructor(parts: SlotPodsParts) {
		this.#parts = parts;
	}

	/** For a slot that has none, once what outlives releases is there. @throws FlowferryError INSTANCE_NOT_STANDING, with nothing left running */
	async make(slot: SlotName, filled: SlotFile, progress: Progress): Promise<void> {
		const { contents, sets } = this.#parts;
		const size = await this.#sizeOf(slot, filled, progress);
		await contents.makePods(slot, filled, size);
		try {
			await Promise.all(ordinals(size).map((index) => sets.untilStanding(slot, index)));
		} catch (error) {
			// What does not end either, on a node that is lost, is not why.
			await this.#giveUp(slot).catch(() => {});
			throw error;
		}
	}

	/**
	 * Those that do not run. As many as an autoscaler has chosen stay; fewer than carry the load that the slot takes over become as many.
	 * @throws FlowferryError INSTANCE_NOT_STANDING where one does not come up, once all others have
	 */
	async start(slot: SlotName, filled: SlotFile, progress: Progress): Promise<void> {
		const { contents, sets, pods, instances, ensureLasting } = this.#parts;
		const size = await this.#sizeOf(slot, filled, progress);
		const wanted = await sets.replicas(slot);
		// Where none are wanted, those that answer still are on their way out.
		const statuses = wanted ? await instances.statuses(slot, size) : ordinals(size).map(() => null);
		const stopped = stoppedOf(statuses);
		if (stopped.length > 0) {
			// Pods wait for their rights, and what autoscalers are not told they take away again.
			await ensureLasting();
			if (wanted === null || wanted < size) {
				await contents.makePods(slot, filled, size);
				// Those of before may stand for a moment still, after a `down` that was just interrupted.
				await sets.untilObserved(slot);
			}
		}
		const failures = await failuresOf([...startingOf(statuses), ...stopped].map((index) => sets.untilStanding(slot, index)));
		if (failures.length === 0) return;
		// Where none were wanted before, none is to go on trying; others may run, and not be heard. And one on a lost node may come back with it.
		const isWithinReach = (await pods.list(slot)).every(({ lostNode }) => lostNode === null);
		if (!wanted && failures.length === size && isWithinReach) await this.#giveUp(slot);
		throw failures[0];
	}

	/** What they have logged outlives them. */
	async keepLogs(slot: SlotName): Promise<void> {
		const { pods, logs } = this.#parts;
		for (const { instance } of await pods.list(slot)) await logs.keep(instance);
	}

	async #sizeOf(slot: SlotName, filled: SlotFile, progress: Progress): Promise<number> {
		const size = await this.#parts.sizes.toStart(slot, filled);
		progress(`${size} pod${size === 1 ? '' : 's'} of ${slot}`);
		return size;
	}

	async #giveUp(slot: SlotName): Promise<void> {
		await this.keepLogs(slot);
		await this.#parts.sets.empty(slot, 'at once');
	}
}
