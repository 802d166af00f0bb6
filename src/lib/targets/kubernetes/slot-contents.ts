import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Side, SlotName } from '../../promotion/journal.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { fillingOf, ofFlowsOf, unlockSnapshot } from '../filling.ts';
import { readUserSettings } from '../user-settings.ts';
import { apply, remove } from './apply.ts';
import { chunksOf, joinChunks } from './objects/flow-chunks.ts';
import { gatewayConfigMap } from './objects/gateway-config.ts';
import { ordinals, type Place } from './objects/place.ts';
import { configSecret, flowMaps, statefulSetOf } from './objects/slot-objects.ts';
import { podConfigOf, SETTINGS_FILE } from './pod-config.ts';
import { readSlot, removeSlot, type SlotFile, writeSlot } from './slot-file.ts';

export interface SlotContentsParts {
	environment: NamedEnvironment;
	cluster: Cluster;
	place: Place;
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
}

/** What slots are filled with: the objects that their pods are made from, and the pods by them. */
export class SlotContents {
	readonly #parts: SlotContentsParts;

	constructor(parts: SlotContentsParts) {
		this.#parts = parts;
	}

	/** Null for an empty slot. */
	async read(slot: SlotName): Promise<SlotFile | null> {
		const { cluster, place } = this.#parts;
		return await readSlot(cluster, place.names, slot);
	}

	/** Fills an empty slot, which has no pods by that. @returns what it is filled with from now on */
	async write(side: Side, image: string, snapshot: Snapshot): Promise<SlotFile> {
		const { environment, cluster, place } = this.#parts;
		const chunks = chunksOf(snapshot.content.flows);
		for (const map of flowMaps(place, side, chunks)) await apply(cluster, map);
		const filled = { ...fillingOf(side, snapshot, environment.instances), image, flowChunks: chunks.length };
		// It comes last: what lacks it was never filled.
		await writeSlot(cluster, place.names, side.slot, filled);
		return filled;
	}

	/**
	 * Has a slot have so many pods. All that it may have find their configuration: an autoscaler asks nobody.
	 *
	 * The number is always said. `replicas` is flowferry's own field since it made the StatefulSet, and where a manager leaves out what it
	 * said before, the API server takes the default, 1, unless another one has written there since
	 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership). Of what an
	 * autoscaler writes by way of `scale` not every version takes note, and one that had nothing to scale yet has written nothing.
	 */
	async makePods(slot: SlotName, filled: SlotFile, replicas: number): Promise<void> {
		const { environment, cluster, place, secrets } = this.#parts;
		const { release, image, instances, spare, flowChunks } = filled;
		const ofFlows = await ofFlowsOf(filled, await this.#flowsOf(slot, filled), this.#parts);
		const configs = ordinals(instances).map((index) =>
			JSON.stringify(podConfigOf(environment, place, { slot, index, spare }, ofFlows, secrets())),
		);
		const settings = await readUserSettings(environment);
		const files: Record<string, string> = settings === null ? {} : { [SETTINGS_FILE]: settings.toString('utf8') };
		await apply(cluster, configSecret(place, { slot, release }, configs, files));
		await apply(cluster, gatewayConfigMap(place, environment, slot));
		await apply(cluster, statefulSetOf(place, environment, { slot, release, image, flowChunks, replicas }));
	}

	/** Empties a slot whose pods have ended. */
	async remove(slot: SlotName): Promise<void> {
		const { cluster, place } = this.#parts;
		const { names, namespace } = place;
		const filled = await this.read(slot);
		await removeSlot(cluster, names, slot);
		const metadata = (name: string) => ({ name, namespace });
		const parts = ordinals(filled?.flowChunks ?? 0).map((part) => names.flows(slot, part));
		for (const name of [...parts, names.gateway(slot)]) {
			await remove(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name) });
		}
		await remove(cluster, { apiVersion: 'v1', kind: 'Secret', metadata: metadata(names.slot(slot)) });
		await remove(cluster, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadata(names.slot(slot)) });
	}

	/** Opens what pods of a snapshot would be started with. @throws FlowferryError as `Target.unlock` */
	async unlock(snapshot: Snapshot): Promise<void> {
		await unlockSnapshot(snapshot, this.#parts);
	}

	/** The same of those that a slot was filled for. @throws FlowferryError as `Target.unlock` */
	async unlockSlot(slot: SlotName, filled: SlotFile): Promise<void> {
		await ofFlowsOf(filled, await this.#flowsOf(slot, filled), this.#parts);
	}

	async #flowsOf(slot: SlotName, { flowChunks }: SlotFile): Promise<FlowNode[]> {
		const { cluster, place } = this.#parts;
		const parts = ordinals(flowChunks).map(async (part) => {
			const map = await cluster.core.readNamespacedConfigMap({ namespace: place.namespace, name: place.names.flows(slot, part) });
			return Buffer.from(map.binaryData?.flows ?? '', 'base64');
		});
		return JSON.parse(joinChunks(await Promise.all(parts))) as FlowNode[];
	}
}
