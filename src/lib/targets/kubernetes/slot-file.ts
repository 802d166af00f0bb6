import type { Cluster } from '../../kubernetes/cluster.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import { label, labelsOf, type Names } from '../../kubernetes/names.ts';
import type { SlotName } from '../../promotion/journal.ts';
import type { Filling } from '../filling.ts';
import { apply, remove } from './apply.ts';

/**
 * What a slot of pods was filled with: all that they are made from again, beside the flows. So many instances find their configuration as
 * there are, or, where an autoscaler says how many, as there may be.
 */
export interface SlotFile extends Filling {
	/** As nodes pull it. */
	image: string;
	/** Of how many ConfigMaps the flows are. */
	flowChunks: number;
}

const KEY = 'slot.json';

/** Null for an empty slot. */
export async function readSlot({ core, namespace }: Cluster, names: Names, slot: SlotName): Promise<SlotFile | null> {
	const map = await ifThere(core.readNamespacedConfigMap({ namespace, name: names.slot(slot) }));
	const text = map?.data?.[KEY];
	return text === undefined ? null : (JSON.parse(text) as SlotFile);
}

export async function writeSlot(cluster: Cluster, names: Names, slot: SlotName, file: SlotFile): Promise<void> {
	await apply(cluster, { ...slotMap(cluster, names, slot), data: { [KEY]: JSON.stringify(file) } } as ReturnType<typeof slotMap>);
}

export async function removeSlot(cluster: Cluster, names: Names, slot: SlotName): Promise<void> {
	await remove(cluster, slotMap(cluster, names, slot));
}

function slotMap({ namespace }: Cluster, names: Names, slot: SlotName) {
	return {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: names.slot(slot), namespace, labels: { ...labelsOf(names, 'state'), [label.slot]: slot } },
	};
}
