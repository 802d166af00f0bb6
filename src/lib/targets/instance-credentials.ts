import type { FlowNode } from '../flows/node.ts';
import type { Credentials } from '../node-red/sealed-credentials.ts';
import { credentialsOf, mergeCredentials, writtenCredentials } from '../snapshot/credentials.ts';
import type { HeldCredentials } from '../snapshot/sealing/held.ts';

/** The credentials of an environment, by node id and name. */
export type OwnCredentials = Record<string, Record<string, string>>;

/**
 * What an instance's nodes get: the snapshot's credentials, and over them the environment's own, name by name. Only nodes that the
 * flows have. What a snapshot holds is opened only where the environment does not give all of it.
 * @param open as `CredentialVault.open`
 */
export async function instanceCredentials(
	flows: readonly FlowNode[],
	held: HeldCredentials | null,
	own: OwnCredentials,
	open: (held: HeldCredentials) => Promise<Credentials>,
): Promise<Credentials> {
	const carried = held && needsOpening(held, own) ? await open(held) : {};
	return credentialsOf(flows, mergeCredentials(carried, writtenCredentials(flows, own)));
}

function needsOpening({ marks }: HeldCredentials, own: OwnCredentials): boolean {
	return Object.entries(marks).some(([id, { names }]) => names.some((name) => own[id]?.[name] === undefined));
}
