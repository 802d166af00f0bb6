import { autoscaleOf } from '../../config/autoscale.ts';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { Journal, SlotName } from '../../promotion/journal.ts';
import type { SlotFile } from './slot-file.ts';
import { type Bounds, boundsOf, sizeOf } from './slot-size.ts';
import type { StatefulSets } from './stateful-sets.ts';

export interface SlotSizesParts {
	environment: Pick<NamedEnvironment, 'target' | 'kubernetes'>;
	journal: Pick<Journal, 'servingSlot' | 'unfinished'>;
	sets: Pick<StatefulSets, 'replicas'>;
}

/** How many pods filled slots are to have: as many as they were filled for, or as an autoscaler has chosen. */
export class SlotSizes {
	readonly #parts: SlotSizesParts;

	constructor(parts: SlotSizesParts) {
		this.#parts = parts;
	}

	boundsOf({ instances }: SlotFile): Bounds {
		return boundsOf(autoscaleOf(this.#parts.environment), instances);
	}

	/** Whether they run or not. */
	async now(slot: SlotName, filled: SlotFile): Promise<number> {
		return await this.#sizeOf(filled, [slot]);
	}

	/** Once it is started: where a promotion or a rollback takes the load there, as many as carry that now. */
	async toStart(slot: SlotName, filled: SlotFile): Promise<number> {
		const takesOver = (await this.#parts.journal.unfinished())?.to.slot === slot;
		return await (takesOver ? this.toTakeOver(slot, filled) : this.now(slot, filled));
	}

	/** The same of a promotion or a rollback that has not begun yet. */
	async toTakeOver(slot: SlotName, filled: SlotFile): Promise<number> {
		const serving = await this.#parts.journal.servingSlot();
		return await this.#sizeOf(filled, serving === null ? [slot] : [slot, serving]);
	}

	async #sizeOf(filled: SlotFile, asked: SlotName[]): Promise<number> {
		const bounds = this.boundsOf(filled);
		if (bounds.least === bounds.most) return bounds.most;
		return sizeOf(bounds, ...(await Promise.all(asked.map((slot) => this.#parts.sets.replicas(slot)))));
	}
}
