import type { NamedEnvironment } from '../config/environment-of.ts';
import type { SpareKind } from '../failover/spare-kind.ts';
import type { FlowNode } from '../flows/node.ts';
import { resolveSingletons } from '../lint/singletons.ts';
import { revOf } from '../node-red/rev.ts';
import type { Release, Side } from '../promotion/journal.ts';
import { type HeldCredentials, heldBy } from '../snapshot/sealing/held.ts';
import type { CredentialVault } from '../snapshot/sealing/vault.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { instanceCredentials } from './instance-credentials.ts';
import type { OfFlows } from './runner-config.ts';

/** What a slot was filled with, beside its flows; each kind of target adds where that is. */
export interface Filling {
	release: Release;
	/** So many instances find what they need. */
	instances: number;
	spare: SpareKind;
	/** Of the release's flows, as Node-RED computes it. */
	rev: string;
	/** The release's own, sealed as in the store: starting a slot again must not need the store. Absent where there are none. */
	credentials?: HeldCredentials;
}

/** What opens the credentials of instances, and what else they get of their environment. */
export interface InstanceKeys {
	environment: Pick<NamedEnvironment, 'credentials' | 'primary'>;
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
}

/** Pure. @param instances how many the slot is to have, or may have */
export function fillingOf({ release, spare = 'warm' }: Omit<Side, 'slot'>, snapshot: Snapshot, instances: number): Filling {
	const held = heldBy(snapshot);
	return { release, instances, spare, rev: revOf(snapshot.content.flows), ...(held && { credentials: held }) };
}

/** What the instances of a filled slot get of its flows. @throws FlowferryError as `Target.unlock` */
export async function ofFlowsOf(
	{ rev, credentials }: Pick<Filling, 'rev' | 'credentials'>,
	flows: FlowNode[],
	{ environment, vault }: InstanceKeys,
): Promise<OfFlows> {
	return {
		rev,
		credentials: await instanceCredentials(flows, credentials ?? null, environment.credentials, vault.open),
		primary: environment.primary && resolveSingletons(flows, environment.primary),
	};
}

/** Opens what instances of a snapshot would be started with. @throws FlowferryError as `Target.unlock` */
export async function unlockSnapshot(snapshot: Snapshot, { environment, vault }: InstanceKeys): Promise<void> {
	await instanceCredentials(snapshot.content.flows, heldBy(snapshot), environment.credentials, vault.open);
}
